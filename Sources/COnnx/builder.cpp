// The builder: appends to a ModelProto, then runs the checker and shape inference and serialises.

#include "connx.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

#include <exception>
#include <new>
#include <string>

struct connx_builder {
    onnx::ModelProto model;
    onnx::NodeProto *node = nullptr;
    onnx::AttributeProto *strings = nullptr;
    onnx::TensorShapeProto *shape = nullptr;
    connx_status status = CONNX_OK;
    std::string message;
    std::string bytes;
};

namespace {

void latch(connx_builder *builder, connx_status status, const char *message) noexcept {
    builder->status = status;
    try {
        builder->message = message;
    } catch (...) {
        builder->message.clear();
    }
}

/// Runs `body` unless the builder has failed; an exception becomes the builder's status.
template <typename Body>
void attempt(connx_builder *builder, Body body) noexcept {
    if (builder->status != CONNX_OK) return;
    try {
        body();
    } catch (const std::bad_alloc &) {
        latch(builder, CONNX_FAILED, "out of memory");
    } catch (const std::exception &error) {
        latch(builder, CONNX_REJECTED, error.what());
    } catch (...) {
        latch(builder, CONNX_FAILED, "an unknown C++ exception");
    }
}

struct Misuse : std::exception {
    const char *text;
    explicit Misuse(const char *text) : text(text) {}
    const char *what() const noexcept override { return text; }
};

onnx::AttributeProto *attribute(connx_builder *builder, const char *name, onnx::AttributeProto::AttributeType type) {
    if (builder->node == nullptr) throw Misuse("an attribute was added before any node");
    onnx::AttributeProto *result = builder->node->add_attribute();
    result->set_name(name);
    result->set_type(type);
    return result;
}

size_t element_size(connx_element_type type) {
    switch (type) {
    case CONNX_FLOAT: return 4;
    case CONNX_INT64:
    case CONNX_DOUBLE: return 8;
    default: throw Misuse("tensors can be stored as float, int64 or double only");
    }
}

void fill(
    onnx::TensorProto *tensor, const char *name, connx_element_type type, const int64_t *dimensions, size_t rank,
    const void *data) {
    size_t bytes = element_size(type);
    tensor->set_name(name);
    tensor->set_data_type(type);
    for (size_t axis = 0; axis < rank; ++axis) {
        if (dimensions[axis] < 0) throw Misuse("a tensor has a negative dimension");
        tensor->add_dims(dimensions[axis]);
        bytes *= static_cast<size_t>(dimensions[axis]);
    }
    // ONNX stores raw data little-endian, which every platform of this program is.
    tensor->set_raw_data(data, bytes);
}

void declare(connx_builder *builder, onnx::ValueInfoProto *value, const char *name, connx_element_type type) {
    value->set_name(name);
    onnx::TypeProto_Tensor *tensor = value->mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    builder->shape = tensor->mutable_shape();
}

onnx::TensorShapeProto_Dimension *dimension(connx_builder *builder) {
    if (builder->shape == nullptr) throw Misuse("a dimension was added before any input or output");
    return builder->shape->add_dim();
}

void check(const onnx::ModelProto &model) {
    onnx::checker::check_model(model);
    // Inference writes intermediate shapes into its argument; the file keeps only what the caller declared.
    onnx::ModelProto copy = model;
    onnx::ShapeInferenceOptions strict{/*check_type*/ true, /*strict_mode*/ 1, /*data_prop*/ true};
    onnx::shape_inference::InferShapes(copy, onnx::OpSchemaRegistry::Instance(), strict);
}

void serialise(const onnx::ModelProto &model, std::string *bytes) {
    google::protobuf::io::StringOutputStream stream(bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    if (!model.SerializeToCodedStream(&coded)) throw Misuse("protobuf could not serialise the model (2 GB is its limit)");
}

}  // namespace

connx_builder *connx_builder_create(const char *graph_name, const char *producer, int64_t ir_version) {
    connx_builder *builder = new (std::nothrow) connx_builder();
    if (builder == nullptr) return nullptr;
    attempt(builder, [&] {
        builder->model.set_ir_version(ir_version);
        builder->model.set_producer_name(producer);
        builder->model.mutable_graph()->set_name(graph_name);
    });
    return builder;
}

void connx_builder_destroy(connx_builder *builder) { delete builder; }

void connx_builder_import_opset(connx_builder *builder, const char *domain, int64_t version) {
    attempt(builder, [&] {
        onnx::OperatorSetIdProto *opset = builder->model.add_opset_import();
        opset->set_domain(domain);
        opset->set_version(version);
    });
}

void connx_builder_add_metadata(connx_builder *builder, const char *key, const char *value) {
    attempt(builder, [&] {
        onnx::StringStringEntryProto *entry = builder->model.add_metadata_props();
        entry->set_key(key);
        entry->set_value(value);
    });
}

void connx_builder_add_input(connx_builder *builder, const char *name, connx_element_type type) {
    attempt(builder, [&] { declare(builder, builder->model.mutable_graph()->add_input(), name, type); });
}

void connx_builder_add_output(connx_builder *builder, const char *name, connx_element_type type) {
    attempt(builder, [&] { declare(builder, builder->model.mutable_graph()->add_output(), name, type); });
}

void connx_builder_add_dimension(connx_builder *builder, int64_t size) {
    attempt(builder, [&] { dimension(builder)->set_dim_value(size); });
}

void connx_builder_add_symbolic_dimension(connx_builder *builder, const char *symbol) {
    attempt(builder, [&] { dimension(builder)->set_dim_param(symbol); });
}

void connx_builder_add_node(connx_builder *builder, const char *op_type, const char *domain, const char *name) {
    attempt(builder, [&] {
        builder->node = builder->model.mutable_graph()->add_node();
        builder->strings = nullptr;
        builder->node->set_op_type(op_type);
        builder->node->set_domain(domain);
        builder->node->set_name(name);
    });
}

void connx_builder_add_node_input(connx_builder *builder, const char *name) {
    attempt(builder, [&] {
        if (builder->node == nullptr) throw Misuse("an input was added before any node");
        builder->node->add_input(name);
    });
}

void connx_builder_add_node_output(connx_builder *builder, const char *name) {
    attempt(builder, [&] {
        if (builder->node == nullptr) throw Misuse("an output was added before any node");
        builder->node->add_output(name);
    });
}

void connx_builder_add_integer(connx_builder *builder, const char *name, int64_t value) {
    attempt(builder, [&] { attribute(builder, name, onnx::AttributeProto::INT)->set_i(value); });
}

void connx_builder_add_real(connx_builder *builder, const char *name, float value) {
    attempt(builder, [&] { attribute(builder, name, onnx::AttributeProto::FLOAT)->set_f(value); });
}

void connx_builder_add_string(connx_builder *builder, const char *name, const char *value) {
    attempt(builder, [&] { attribute(builder, name, onnx::AttributeProto::STRING)->set_s(value); });
}

void connx_builder_add_integers(connx_builder *builder, const char *name, const int64_t *values, size_t count) {
    attempt(builder, [&] {
        attribute(builder, name, onnx::AttributeProto::INTS)->mutable_ints()->Add(values, values + count);
    });
}

void connx_builder_add_reals(connx_builder *builder, const char *name, const float *values, size_t count) {
    attempt(builder, [&] {
        attribute(builder, name, onnx::AttributeProto::FLOATS)->mutable_floats()->Add(values, values + count);
    });
}

void connx_builder_add_strings(connx_builder *builder, const char *name) {
    attempt(builder, [&] { builder->strings = attribute(builder, name, onnx::AttributeProto::STRINGS); });
}

void connx_builder_add_element(connx_builder *builder, const char *value) {
    attempt(builder, [&] {
        if (builder->strings == nullptr) throw Misuse("a string was added before any list of strings");
        builder->strings->add_strings(value);
    });
}

void connx_builder_add_tensor(
    connx_builder *builder, const char *name, connx_element_type type, const int64_t *dimensions, size_t rank,
    const void *data) {
    attempt(builder, [&] {
        fill(attribute(builder, name, onnx::AttributeProto::TENSOR)->mutable_t(), name, type, dimensions, rank, data);
    });
}

void connx_builder_add_initialiser(
    connx_builder *builder, const char *name, connx_element_type type, const int64_t *dimensions, size_t rank,
    const void *data) {
    attempt(builder, [&] {
        fill(builder->model.mutable_graph()->add_initializer(), name, type, dimensions, rank, data);
    });
}

connx_status connx_builder_finish(connx_builder *builder, const uint8_t **bytes, size_t *count) {
    *bytes = nullptr;
    *count = 0;
    attempt(builder, [&] {
        check(builder->model);
        builder->bytes.clear();
        serialise(builder->model, &builder->bytes);
    });
    if (builder->status == CONNX_OK) {
        *bytes = reinterpret_cast<const uint8_t *>(builder->bytes.data());
        *count = builder->bytes.size();
    }
    return builder->status;
}

const char *connx_builder_message(const connx_builder *builder) { return builder->message.c_str(); }
