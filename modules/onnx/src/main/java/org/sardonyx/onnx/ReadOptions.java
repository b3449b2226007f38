package org.sardonyx.onnx;

import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;

/**
 * What a reader may do on behalf of a model, and how much of everything it takes in.
 *
 * @param externalData whether weights may be read from other files than the model's own
 * @param symbolicLinks whether such a file, or a folder on the way to it, may be a symbolic link;
 *     it may then lie anywhere
 * @param hardLinks whether such a file may have more than one name
 * @param limits how much, see {@link Limit.Stage#READ}
 */
public record ReadOptions(
    boolean externalData, boolean symbolicLinks, boolean hardLinks, Limits limits) {

  /** External data from plain files beside or below the model; the standard limits. */
  public static final ReadOptions DEFAULT = new ReadOptions(true, false, false, Limits.standard());

  /** Nothing but the model's own bytes is opened, within {@link Limits#untrusted}. */
  public static final ReadOptions UNTRUSTED =
      new ReadOptions(false, false, false, Limits.untrusted());

  public ReadOptions withExternalData(boolean allowed) {
    return new ReadOptions(allowed, symbolicLinks, hardLinks, limits);
  }

  public ReadOptions withSymbolicLinks(boolean allowed) {
    return new ReadOptions(externalData, allowed, hardLinks, limits);
  }

  public ReadOptions withHardLinks(boolean allowed) {
    return new ReadOptions(externalData, symbolicLinks, allowed, limits);
  }

  public ReadOptions withLimits(Limits newLimits) {
    return new ReadOptions(externalData, symbolicLinks, hardLinks, newLimits);
  }
}
