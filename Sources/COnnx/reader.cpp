// The reader: bytes to a checked ModelProto, and plain accessors to its parts. The opaque handles of the header are the
// protobuf messages themselves.

#include "connx.h"

#include "wire.h"

#include <google/protobuf/stubs/logging.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

#include <climits>
#include <cstring>
#include <exception>
#include <new>
#include <string>

struct connx_model {
    onnx::ModelProto proto;
    connx_status status = CONNX_OK;
    std::string message;
};

namespace {

connx_text text(const std::string &value) { return {value.data(), value.size()}; }

const onnx::NodeProto &proto(const connx_node *node) { return *reinterpret_cast<const onnx::NodeProto *>(node); }
const onnx::TensorProto &proto(const connx_tensor *tensor) { return *reinterpret_cast<const onnx::TensorProto *>(tensor); }
const onnx::ValueInfoProto &proto(const connx_value *value) {
    return *reinterpret_cast<const onnx::ValueInfoProto *>(value);
}
const onnx::AttributeProto &proto(const connx_attribute *attribute) {
    return *reinterpret_cast<const onnx::AttributeProto *>(attribute);
}

const connx_tensor *handle(const onnx::TensorProto &tensor) { return reinterpret_cast<const connx_tensor *>(&tensor); }

void parse(connx_model *model, const uint8_t *bytes, size_t count) {
    if (count == 0) throw connx::Refused("the file is empty");
    if (!model->proto.ParseFromArray(bytes, static_cast<int>(count))) {
        throw connx::Refused("protobuf cannot parse the bytes as an ONNX model");
    }
    if (!model->proto.has_graph()) throw connx::Refused("the model holds no graph");
    // The data of an external tensor lies in another file that the model names: never followed.
    for (const onnx::TensorProto &tensor : model->proto.graph().initializer()) {
        const bool external = tensor.data_location() == onnx::TensorProto::EXTERNAL;
        if (external) throw connx::Refused("a tensor is stored outside the file");
    }
    onnx::checker::check_model(model->proto);
}

void latch(connx_model *model, connx_status status, const std::string &message) noexcept {
    model->status = status;
    try {
        model->message = message;
    } catch (...) {
        model->message.clear();
    }
    model->proto.Clear();
}

/// −1 on overflow or a negative dimension.
int64_t product(const onnx::TensorProto &tensor) {
    int64_t count = 1;
    for (int64_t dimension : tensor.dims()) {
        if (dimension < 0 || __builtin_mul_overflow(count, dimension, &count)) return -1;
    }
    return count;
}

/// The stored elements: either raw bytes or a typed list, never both.
struct Elements {
    const void *data;
    size_t count;
};

template <typename List>
Elements elements(const onnx::TensorProto &tensor, const List &list) {
    const size_t size = sizeof(*list.data());
    if (!tensor.has_raw_data()) return {list.data(), static_cast<size_t>(list.size())};
    const std::string &raw = tensor.raw_data();
    const bool valid = list.size() == 0 && raw.size() % size == 0;
    return {raw.data(), valid ? raw.size() / size : SIZE_MAX};
}

Elements elements(const onnx::TensorProto &tensor) {
    switch (tensor.data_type()) {
    case CONNX_FLOAT: return elements(tensor, tensor.float_data());
    case CONNX_INT64: return elements(tensor, tensor.int64_data());
    case CONNX_DOUBLE: return elements(tensor, tensor.double_data());
    default: return {nullptr, SIZE_MAX};
    }
}

}  // namespace

connx_model *connx_model_read(const uint8_t *bytes, size_t count, size_t memory_limit) {
    // Once: protobuf prints to standard error what it returns as a failure anyway.
    static const auto previous = google::protobuf::SetLogHandler(nullptr);
    (void)previous;
    connx_model *model = new (std::nothrow) connx_model();
    if (model == nullptr) return nullptr;
    try {
        const size_t memory = connx::estimated_memory(bytes, count);
        if (memory > memory_limit || count > INT_MAX) {
            latch(model, CONNX_TOO_LARGE, "reading it would take about " + std::to_string(memory >> 20) + " MiB of memory");
        } else {
            parse(model, bytes, count);
        }
    } catch (const std::bad_alloc &) {
        latch(model, CONNX_FAILED, "out of memory");
    } catch (const std::exception &error) {
        latch(model, CONNX_REJECTED, error.what());
    } catch (...) {
        latch(model, CONNX_FAILED, "an unknown C++ exception");
    }
    return model;
}

void connx_model_destroy(connx_model *model) { delete model; }
connx_status connx_model_status(const connx_model *model) { return model->status; }
const char *connx_model_message(const connx_model *model) { return model->message.c_str(); }

int64_t connx_model_ir_version(const connx_model *model) { return model->proto.ir_version(); }
connx_text connx_model_producer(const connx_model *model) { return text(model->proto.producer_name()); }
connx_text connx_model_graph_name(const connx_model *model) { return text(model->proto.graph().name()); }

size_t connx_model_opset_count(const connx_model *model) { return model->proto.opset_import_size(); }
connx_text connx_model_opset_domain(const connx_model *model, size_t index) {
    return text(model->proto.opset_import(index).domain());
}
int64_t connx_model_opset_version(const connx_model *model, size_t index) {
    return model->proto.opset_import(index).version();
}

size_t connx_model_metadata_count(const connx_model *model) { return model->proto.metadata_props_size(); }
connx_text connx_model_metadata_key(const connx_model *model, size_t index) {
    return text(model->proto.metadata_props(index).key());
}
connx_text connx_model_metadata_value(const connx_model *model, size_t index) {
    return text(model->proto.metadata_props(index).value());
}

size_t connx_model_input_count(const connx_model *model) { return model->proto.graph().input_size(); }
size_t connx_model_output_count(const connx_model *model) { return model->proto.graph().output_size(); }
const connx_value *connx_model_input(const connx_model *model, size_t index) {
    return reinterpret_cast<const connx_value *>(&model->proto.graph().input(index));
}
const connx_value *connx_model_output(const connx_model *model, size_t index) {
    return reinterpret_cast<const connx_value *>(&model->proto.graph().output(index));
}

connx_text connx_value_name(const connx_value *value) { return text(proto(value).name()); }
int32_t connx_value_type(const connx_value *value) { return proto(value).type().tensor_type().elem_type(); }
int64_t connx_value_rank(const connx_value *value) {
    const onnx::TypeProto_Tensor &tensor = proto(value).type().tensor_type();
    return tensor.has_shape() ? tensor.shape().dim_size() : -1;
}
int64_t connx_value_dimension(const connx_value *value, size_t axis) {
    const onnx::TensorShapeProto_Dimension &dimension = proto(value).type().tensor_type().shape().dim(axis);
    return dimension.has_dim_value() ? dimension.dim_value() : -1;
}
connx_text connx_value_symbol(const connx_value *value, size_t axis) {
    return text(proto(value).type().tensor_type().shape().dim(axis).dim_param());
}

size_t connx_model_node_count(const connx_model *model) { return model->proto.graph().node_size(); }
const connx_node *connx_model_node(const connx_model *model, size_t index) {
    return reinterpret_cast<const connx_node *>(&model->proto.graph().node(index));
}
connx_text connx_node_op_type(const connx_node *node) { return text(proto(node).op_type()); }
connx_text connx_node_domain(const connx_node *node) { return text(proto(node).domain()); }
connx_text connx_node_name(const connx_node *node) { return text(proto(node).name()); }
size_t connx_node_input_count(const connx_node *node) { return proto(node).input_size(); }
connx_text connx_node_input(const connx_node *node, size_t index) { return text(proto(node).input(index)); }
size_t connx_node_output_count(const connx_node *node) { return proto(node).output_size(); }
connx_text connx_node_output(const connx_node *node, size_t index) { return text(proto(node).output(index)); }
size_t connx_node_attribute_count(const connx_node *node) { return proto(node).attribute_size(); }
const connx_attribute *connx_node_attribute(const connx_node *node, size_t index) {
    return reinterpret_cast<const connx_attribute *>(&proto(node).attribute(index));
}

connx_text connx_attribute_name(const connx_attribute *attribute) { return text(proto(attribute).name()); }
connx_attribute_kind connx_attribute_get_kind(const connx_attribute *attribute) {
    switch (proto(attribute).type()) {
    case onnx::AttributeProto::FLOAT: return CONNX_ATTRIBUTE_REAL;
    case onnx::AttributeProto::INT: return CONNX_ATTRIBUTE_INTEGER;
    case onnx::AttributeProto::STRING: return CONNX_ATTRIBUTE_STRING;
    case onnx::AttributeProto::TENSOR: return CONNX_ATTRIBUTE_TENSOR;
    case onnx::AttributeProto::FLOATS: return CONNX_ATTRIBUTE_REALS;
    case onnx::AttributeProto::INTS: return CONNX_ATTRIBUTE_INTEGERS;
    case onnx::AttributeProto::STRINGS: return CONNX_ATTRIBUTE_STRINGS;
    default: return CONNX_ATTRIBUTE_OTHER;
    }
}
int64_t connx_attribute_integer(const connx_attribute *attribute) { return proto(attribute).i(); }
float connx_attribute_real(const connx_attribute *attribute) { return proto(attribute).f(); }
connx_text connx_attribute_string(const connx_attribute *attribute) { return text(proto(attribute).s()); }
const int64_t *connx_attribute_integers(const connx_attribute *attribute, size_t *count) {
    *count = proto(attribute).ints_size();
    return proto(attribute).ints().data();
}
const float *connx_attribute_reals(const connx_attribute *attribute, size_t *count) {
    *count = proto(attribute).floats_size();
    return proto(attribute).floats().data();
}
size_t connx_attribute_string_count(const connx_attribute *attribute) { return proto(attribute).strings_size(); }
connx_text connx_attribute_element(const connx_attribute *attribute, size_t index) {
    return text(proto(attribute).strings(index));
}
const connx_tensor *connx_attribute_tensor(const connx_attribute *attribute) { return handle(proto(attribute).t()); }

size_t connx_model_initialiser_count(const connx_model *model) { return model->proto.graph().initializer_size(); }
const connx_tensor *connx_model_initialiser(const connx_model *model, size_t index) {
    return handle(model->proto.graph().initializer(index));
}
connx_text connx_tensor_name(const connx_tensor *tensor) { return text(proto(tensor).name()); }
int32_t connx_tensor_type(const connx_tensor *tensor) { return proto(tensor).data_type(); }
const int64_t *connx_tensor_dimensions(const connx_tensor *tensor, size_t *rank) {
    *rank = proto(tensor).dims_size();
    return proto(tensor).dims().data();
}
int64_t connx_tensor_count(const connx_tensor *tensor) {
    const int64_t count = product(proto(tensor));
    return count >= 0 && elements(proto(tensor)).count == static_cast<size_t>(count) ? count : -1;
}
void connx_tensor_copy(const connx_tensor *tensor, void *destination) {
    const int64_t count = connx_tensor_count(tensor);
    if (count <= 0) return;
    const size_t size = proto(tensor).data_type() == CONNX_FLOAT ? 4 : 8;
    std::memcpy(destination, elements(proto(tensor)).data, static_cast<size_t>(count) * size);
}
