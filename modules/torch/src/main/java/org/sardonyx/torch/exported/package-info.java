/** Programs of torch.export: their JSON, and their evaluation into a graph. */
@NullMarked
package org.sardonyx.torch.exported;

import org.jspecify.annotations.NullMarked;
