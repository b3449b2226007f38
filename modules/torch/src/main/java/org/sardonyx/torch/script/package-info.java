/** TorchScript: its syntax, and its evaluation into a graph. */
@NullMarked
package org.sardonyx.torch.script;

import org.jspecify.annotations.NullMarked;
