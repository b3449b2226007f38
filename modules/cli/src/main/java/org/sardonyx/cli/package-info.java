/** The command line: one class a command. */
@NullMarked
package org.sardonyx.cli;

import org.jspecify.annotations.NullMarked;
