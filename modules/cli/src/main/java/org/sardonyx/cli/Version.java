package org.sardonyx.cli;

import picocli.CommandLine.IVersionProvider;

/** Tells the version of this program. */
final class Version implements IVersionProvider {

  Version() {}

  @Override
  public String[] getVersion() {
    String version = Main.class.getPackage().getImplementationVersion();
    return new String[] {
      "sardonyx " + (version == null ? "(development build)" : version), "Java " + Runtime.version()
    };
  }
}
