package org.sardonyx.onnx;

import java.nio.ByteBuffer;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.TrainingInfo;
import org.sardonyx.onnx.proto.FunctionProto;
import org.sardonyx.onnx.proto.ModelProto;
import org.sardonyx.onnx.proto.OperatorSetIdProto;
import org.sardonyx.onnx.proto.TrainingInfoProto;

/** The message of a model to the model. */
final class ModelReader {

  /** What the bytes are to be, in errors. */
  static final String WHAT = "ONNX model";

  private final GraphReader graphs;

  ModelReader(ExternalFiles files, Cuts cuts) {
    this.graphs = new GraphReader(files, cuts);
  }

  /** Reads a model from an array or, leaving large tensors where they are, from mapped bytes. */
  static Model read(ByteBuffer bytes, ExternalFiles files, ReadOptions options) {
    ModelProto prototype = ModelProto.getDefaultInstance();
    if (bytes.hasArray()) {
      return new ModelReader(files, Cuts.NONE)
          .model(Messages.parse(prototype, bytes, options, WHAT), bytes);
    }
    Cuts.Cut cut;
    try {
      cut = Cuts.Cut.of(bytes, Layout.of(ModelProto.class), options);
    } catch (MalformedModel e) {
      throw Input.none(WHAT, bytes, e);
    }
    ModelReader reader = new ModelReader(files, cut.pieces());
    Model model = reader.model(Messages.parseChecked(prototype, cut.skeleton(), options), bytes);
    // Elements that no part of the graph holds cannot be left in the file.
    return reader.lostPieces()
        ? new ModelReader(files, Cuts.NONE)
            .model(Messages.parseChecked(prototype, bytes, options), bytes)
        : model;
  }

  private Model model(ModelProto proto, ByteBuffer bytes) {
    if (!proto.hasGraph()) {
      throw Input.none(WHAT, bytes, new MalformedModel("there is no graph in it"));
    }
    return model(proto);
  }

  /** Whether what was read has a token instead of elements, where nothing can put them back. */
  boolean lostPieces() {
    return graphs.lostPieces();
  }

  /** Returns the model of a message that has a graph. */
  Model model(ModelProto proto) {
    Model model =
        new Model(
            proto.getIrVersion(),
            GraphReader.list(proto.getOpsetImportList(), ModelReader::opset),
            proto.getProducerName(),
            proto.getProducerVersion(),
            proto.getDomain(),
            proto.getModelVersion(),
            proto.getDocString(),
            graphs.graph(proto.getGraph()),
            GraphReader.list(proto.getFunctionsList(), this::function),
            GraphReader.entries(proto.getMetadataPropsList()),
            GraphReader.list(proto.getTrainingInfoList(), this::trainingInfo),
            Extra.NONE);
    ModelProto own = proto.toBuilder().clearGraph().clearFunctions().clearTrainingInfo().build();
    return graphs.extra(
        model,
        Plain.model(model).build(),
        own,
        (m, extra) ->
            new Model(
                m.irVersion(),
                m.opsetImports(),
                m.producerName(),
                m.producerVersion(),
                m.domain(),
                m.modelVersion(),
                m.docString(),
                m.graph(),
                m.functions(),
                m.metadata(),
                m.trainingInfo(),
                extra));
  }

  private Function function(FunctionProto proto) {
    try {
      Function function =
          new Function(
              proto.getDomain(),
              proto.getName(),
              proto.getOverload(),
              GraphReader.strings(proto.getInputList()),
              GraphReader.strings(proto.getOutputList()),
              GraphReader.strings(proto.getAttributeList()),
              GraphReader.list(proto.getAttributeProtoList(), graphs::attribute),
              GraphReader.list(proto.getNodeList(), graphs::node),
              GraphReader.list(proto.getOpsetImportList(), ModelReader::opset),
              GraphReader.list(proto.getValueInfoList(), graphs::valueInfo),
              proto.getDocString(),
              GraphReader.entries(proto.getMetadataPropsList()),
              Extra.NONE);
      return graphs.extra(
          function,
          Plain.function(function).build(),
          proto.toBuilder().clearAttributeProto().clearNode().clearValueInfo().build(),
          (f, extra) ->
              new Function(
                  f.domain(),
                  f.name(),
                  f.overload(),
                  f.inputs(),
                  f.outputs(),
                  f.attributes(),
                  f.attributeDefaults(),
                  f.nodes(),
                  f.opsetImports(),
                  f.valueInfo(),
                  f.docString(),
                  f.metadata(),
                  extra));
    } catch (ModelException e) {
      throw e.within("function \"" + Text.escape(proto.getName()) + "\"");
    }
  }

  private TrainingInfo trainingInfo(TrainingInfoProto proto) {
    try {
      TrainingInfo info =
          new TrainingInfo(
              proto.hasInitialization() ? graphs.graph(proto.getInitialization()) : null,
              proto.hasAlgorithm() ? graphs.graph(proto.getAlgorithm()) : null,
              GraphReader.entries(proto.getInitializationBindingList()),
              GraphReader.entries(proto.getUpdateBindingList()),
              Extra.NONE);
      return graphs.extra(
          info,
          Plain.trainingInfo(info).build(),
          proto.toBuilder().clearInitialization().clearAlgorithm().build(),
          (i, extra) ->
              new TrainingInfo(
                  i.initialization(),
                  i.algorithm(),
                  i.initializationBinding(),
                  i.updateBinding(),
                  extra));
    } catch (ModelException e) {
      throw e.within("training info");
    }
  }

  private static OpsetImport opset(OperatorSetIdProto proto) {
    return new OpsetImport(proto.getDomain(), proto.getVersion());
  }
}
