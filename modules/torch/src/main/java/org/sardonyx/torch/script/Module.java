package org.sardonyx.torch.script;

import org.sardonyx.torch.pickle.Pickled;

/**
 * A module, or an instance of another class: its attributes as the pickle has them.
 *
 * @param instance the attributes
 * @param type its code
 * @param path where it stands in the module that is saved
 */
record Module(Pickled.Instance instance, Syntax.Type type, String path) {}
