package org.sardonyx.onnx;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;

/**
 * Opens a file below a folder without being led elsewhere: every name on the way is looked at
 * without following links, from the opened folder before it where the system can do that, and the
 * file must be a plain one of a single name.
 */
final class Opener {

  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private Opener() {}

  /**
   * Opens for reading.
   *
   * @param directory where to start; itself trusted
   * @param elements names of folders, then of the file
   */
  static FileChannel open(Path directory, List<String> elements, ReadOptions options)
      throws IOException {
    String location = String.join("/", elements);
    Path path = directory;
    for (String element : elements) {
      path = path.resolve(element);
    }
    if (options.symbolicLinks()) {
      plain(location, Files.readAttributes(path, BasicFileAttributes.class), options);
      checkLinks(location, path, null, options);
      return FileChannel.open(path, StandardOpenOption.READ);
    }
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      if (stream instanceof SecureDirectoryStream<Path> secure) {
        return openBelow(secure, path, elements, 0, options);
      }
    }
    Path step = directory;
    for (String element : elements.subList(0, elements.size() - 1)) {
      step = step.resolve(element);
      folder(location, element, attributes(step));
    }
    BasicFileAttributes attributes = attributes(path);
    plain(location, attributes, options);
    checkLinks(location, path, attributes.fileKey(), options);
    return FileChannel.open(path, READ);
  }

  /** Says that a file cannot be read. */
  static MalformedModel unreadable(String location, IOException e) {
    String what =
        e instanceof NoSuchFileException ? "there is no such file" : e.getClass().getSimpleName();
    return new MalformedModel(
        "external data: \"" + Text.escape(location) + "\" cannot be read: " + what, e);
  }

  private static FileChannel openBelow(
      SecureDirectoryStream<Path> folder,
      Path whole,
      List<String> elements,
      int depth,
      ReadOptions options)
      throws IOException {
    String location = String.join("/", elements);
    Path name = whole.getFileSystem().getPath(elements.get(depth));
    BasicFileAttributes attributes =
        folder
            .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .readAttributes();
    if (depth < elements.size() - 1) {
      folder(location, elements.get(depth), attributes);
      try (SecureDirectoryStream<Path> next =
          folder.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
        return openBelow(next, whole, elements, depth + 1, options);
      }
    }
    plain(location, attributes, options);
    SeekableByteChannel channel = folder.newByteChannel(name, READ);
    try {
      checkLinks(location, whole, attributes.fileKey(), options);
      if (channel instanceof FileChannel file) {
        return file;
      }
      throw new IOException("no file channel");
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static void folder(String location, String element, BasicFileAttributes attributes) {
    if (attributes.isSymbolicLink()) {
      throw refused(location, "\"" + Text.escape(element) + "\" is a symbolic link");
    }
    if (!attributes.isDirectory()) {
      throw refused(location, "\"" + Text.escape(element) + "\" is no folder");
    }
  }

  private static void plain(String location, BasicFileAttributes attributes, ReadOptions options) {
    if (attributes.isSymbolicLink() && !options.symbolicLinks()) {
      throw refused(location, "it is a symbolic link");
    }
    if (!attributes.isRegularFile()) {
      throw refused(location, "it is not a plain file");
    }
  }

  /** Refuses a file of several names, and one that was exchanged while it was opened. */
  private static void checkLinks(
      String location,
      Path path,
      @org.jspecify.annotations.Nullable Object key,
      ReadOptions options)
      throws IOException {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return;
    }
    LinkOption[] follow =
        options.symbolicLinks() ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
    Map<String, Object> attributes = Files.readAttributes(path, "unix:nlink,fileKey", follow);
    if (key != null && !Objects.equals(attributes.get("fileKey"), key)) {
      throw refused(location, "it was exchanged while it was opened");
    }
    if (!options.hardLinks() && attributes.get("nlink") instanceof Integer links && links > 1) {
      throw refused(location, "it is a hard link, one of " + links + " names of one file");
    }
  }

  private static MalformedModel refused(String location, String why) {
    return new MalformedModel(
        "external data: \"" + Text.escape(location) + "\" is not opened: " + why);
  }
}
