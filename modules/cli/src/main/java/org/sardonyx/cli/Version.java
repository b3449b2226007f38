package org.sardonyx.cli;

import picocli.CommandLine.IVersionProvider;

/** Tells the version of this program. */
final class Version implements IVersionProvider {

  Version() {}

  @Override
  public String[] getVersion() {
    return new String[] {"sardonyx " + number(), "Java " + Runtime.version()};
  }

  static String number() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(development build)" : version;
  }
}
