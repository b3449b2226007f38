package org.sardonyx.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;

/**
 * Files that appear together or not at all. Each is written under a fresh name in the folder where
 * it belongs, and takes its own name when all are complete; whatever fails before leaves the folder
 * as it was.
 */
final class Outputs implements AutoCloseable {

  private record Output(Path temporary, Path target) {}

  private final Path folder;
  private final List<Output> outputs = new ArrayList<>();

  Outputs(Path folder) {
    this.folder = folder;
  }

  /** Writes one file, which appears complete or not at all. */
  static void writeOne(Path path, Content content) {
    try (Outputs outputs = new Outputs(folder(path))) {
      outputs.write(String.valueOf(path.getFileName()), content);
      outputs.commit();
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  /** Returns the folder of a file that is to be written. */
  static Path folder(Path path) {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || path.getFileName() == null) {
      throw new InvalidInput(Text.escape(path.toString()) + " is a folder");
    }
    return folder;
  }

  static UncheckedIOException failed(Path path, IOException e) {
    String why =
        switch (e) {
          case NoSuchFileException _ -> "there is no such folder";
          case AccessDeniedException _ -> "access is denied";
          case FileSystemException f when f.getReason() != null -> f.getReason();
          default -> e.toString();
        };
    return new UncheckedIOException(Text.escape(path.toString()) + " cannot be written: " + why, e);
  }

  /** How a file is filled. */
  interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  /** Writes a file, under a temporary name for now. */
  void write(String name, Content content) throws IOException {
    Path target = folder.resolve(name);
    if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileSystemException(target.toString(), null, "it is a folder");
    }
    Path temporary = fresh(name);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)) {
      outputs.add(new Output(temporary, target));
      content.writeTo(channel);
      channel.force(true);
    }
  }

  /** Gives every file its name, in the order they were written, replacing what was there. */
  void commit() throws IOException {
    List<Output> backups = new ArrayList<>();
    List<Path> created = new ArrayList<>();
    boolean done = false;
    try {
      for (int i = 0; i < outputs.size(); i++) {
        Output output = outputs.get(i);
        boolean last = i == outputs.size() - 1;
        if (!last && Files.exists(output.target, LinkOption.NOFOLLOW_LINKS)) {
          Path backup = fresh(String.valueOf(output.target.getFileName()));
          Files.move(output.target, backup, StandardCopyOption.ATOMIC_MOVE);
          backups.add(new Output(backup, output.target));
        }
        Files.move(output.temporary, output.target, StandardCopyOption.ATOMIC_MOVE);
        created.add(output.target);
      }
      outputs.clear();
      done = true;
    } finally {
      if (done) {
        delete(backups);
      } else {
        for (Path path : created) {
          Files.deleteIfExists(path);
        }
        for (Output backup : backups) {
          Files.move(backup.temporary, backup.target, StandardCopyOption.ATOMIC_MOVE);
        }
      }
    }
  }

  /** Removes what was not committed. */
  @Override
  public void close() throws IOException {
    delete(outputs);
    outputs.clear();
  }

  private static void delete(List<Output> files) throws IOException {
    IOException failed = null;
    for (Output file : files) {
      try {
        Files.deleteIfExists(file.temporary);
      } catch (IOException e) {
        failed = e;
      }
    }
    rethrow(failed);
  }

  private static void rethrow(@Nullable IOException e) throws IOException {
    if (e != null) {
      throw e;
    }
  }

  private Path fresh(String name) {
    return folder.resolve("." + name + "." + UUID.randomUUID() + ".tmp");
  }
}
