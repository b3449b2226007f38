/** ONNX's own textual syntax: a parser and a printer. */
@NullMarked
package org.sardonyx.text;

import org.jspecify.annotations.NullMarked;
