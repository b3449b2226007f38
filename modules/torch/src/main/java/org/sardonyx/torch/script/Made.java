package org.sardonyx.torch.script;

import org.sardonyx.torch.aten.Table;

/**
 * An object that the program makes.
 *
 * @param type its class
 * @param fields its attributes
 */
record Made(Syntax.Type type, Table fields) {}
