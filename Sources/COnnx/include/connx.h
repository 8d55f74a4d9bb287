//  COnnx owns libonnx and protobuf: it builds, checks, serialises and reads ONNX models behind this plain C header. It must
//  never let a C++ type or exception out, and knows nothing of the models that are stored.
//
//  Conventions: every function may be called with the handle it was made for only; a handle belongs to one thread at a time.
//  A failed call latches its status and message in the handle, later calls on it do nothing. Texts and arrays handed out
//  belong to the handle and live as long as it does.

#ifndef CONNX_H
#define CONNX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum connx_status {
    CONNX_OK = 0,
    /// The model is not valid ONNX, or uses a part of ONNX that this library does not read.
    CONNX_REJECTED = 1,
    /// The model, or the memory that reading it would take, is above the limit.
    CONNX_TOO_LARGE = 2,
    /// Out of memory or an unexpected exception.
    CONNX_FAILED = 3,
} connx_status;

/// Values are those of ONNX' TensorProto.DataType.
typedef enum connx_element_type {
    CONNX_UNDEFINED = 0,
    CONNX_FLOAT = 1,
    CONNX_INT64 = 7,
    CONNX_BOOL = 9,
    CONNX_DOUBLE = 11,
} connx_element_type;

/// Values are those of ONNX' AttributeProto.AttributeType.
typedef enum connx_attribute_kind {
    CONNX_ATTRIBUTE_OTHER = 0,
    CONNX_ATTRIBUTE_REAL = 1,
    CONNX_ATTRIBUTE_INTEGER = 2,
    CONNX_ATTRIBUTE_STRING = 3,
    CONNX_ATTRIBUTE_TENSOR = 4,
    CONNX_ATTRIBUTE_REALS = 6,
    CONNX_ATTRIBUTE_INTEGERS = 7,
    CONNX_ATTRIBUTE_STRINGS = 8,
} connx_attribute_kind;

/// Bytes that are meant to be UTF-8 but come unchecked from a file; not terminated.
typedef struct connx_text {
    const char *bytes;
    size_t count;
} connx_text;

// MARK: Building

typedef struct connx_builder connx_builder;

/// NULL only when memory is out. Release with connx_builder_destroy.
connx_builder *connx_builder_create(const char *graph_name, const char *producer, int64_t ir_version);
void connx_builder_destroy(connx_builder *builder);

void connx_builder_import_opset(connx_builder *builder, const char *domain, int64_t version);
void connx_builder_add_metadata(connx_builder *builder, const char *key, const char *value);

/// Declares a graph input or output; the dimensions are given by the two functions that follow, in order.
void connx_builder_add_input(connx_builder *builder, const char *name, connx_element_type type);
void connx_builder_add_output(connx_builder *builder, const char *name, connx_element_type type);
void connx_builder_add_dimension(connx_builder *builder, int64_t size);
void connx_builder_add_symbolic_dimension(connx_builder *builder, const char *symbol);

/// Starts a node; inputs, outputs and attributes that follow belong to it. An empty input name leaves an optional input out.
void connx_builder_add_node(connx_builder *builder, const char *op_type, const char *domain, const char *name);
void connx_builder_add_node_input(connx_builder *builder, const char *name);
void connx_builder_add_node_output(connx_builder *builder, const char *name);
void connx_builder_add_integer(connx_builder *builder, const char *name, int64_t value);
void connx_builder_add_real(connx_builder *builder, const char *name, float value);
void connx_builder_add_string(connx_builder *builder, const char *name, const char *value);
void connx_builder_add_integers(connx_builder *builder, const char *name, const int64_t *values, size_t count);
void connx_builder_add_reals(connx_builder *builder, const char *name, const float *values, size_t count);
/// Starts a list of strings; connx_builder_add_element appends to it.
void connx_builder_add_strings(connx_builder *builder, const char *name);
void connx_builder_add_element(connx_builder *builder, const char *value);

/// `data` holds the product of `dimensions` elements of a float, int64 or double type, row-major, in the machine's byte
/// order.
void connx_builder_add_tensor(
    connx_builder *builder, const char *name, connx_element_type type, const int64_t *dimensions, size_t rank,
    const void *data);
void connx_builder_add_initialiser(
    connx_builder *builder, const char *name, connx_element_type type, const int64_t *dimensions, size_t rank,
    const void *data);

/// Runs the ONNX checker and strict shape inference, then serialises deterministically. The bytes belong to the builder.
connx_status connx_builder_finish(connx_builder *builder, const uint8_t **bytes, size_t *count);
const char *connx_builder_message(const connx_builder *builder);

// MARK: Reading

typedef struct connx_model connx_model;
typedef struct connx_node connx_node;
typedef struct connx_attribute connx_attribute;
typedef struct connx_tensor connx_tensor;
typedef struct connx_value connx_value;

/// Parses and checks a model. Before protobuf allocates anything the wire format is walked once and the memory that the
/// parsed model would take is estimated; above `memory_limit` bytes it is refused. Subgraphs, functions, sparse and
/// external tensors are refused. NULL only when memory is out; otherwise see connx_model_status. Release with
/// connx_model_destroy.
connx_model *connx_model_read(const uint8_t *bytes, size_t count, size_t memory_limit);
void connx_model_destroy(connx_model *model);
connx_status connx_model_status(const connx_model *model);
const char *connx_model_message(const connx_model *model);

int64_t connx_model_ir_version(const connx_model *model);
connx_text connx_model_producer(const connx_model *model);
connx_text connx_model_graph_name(const connx_model *model);

// Indices below run from 0 to count − 1; the caller keeps to them.

size_t connx_model_opset_count(const connx_model *model);
connx_text connx_model_opset_domain(const connx_model *model, size_t index);
int64_t connx_model_opset_version(const connx_model *model, size_t index);

size_t connx_model_metadata_count(const connx_model *model);
connx_text connx_model_metadata_key(const connx_model *model, size_t index);
connx_text connx_model_metadata_value(const connx_model *model, size_t index);

size_t connx_model_input_count(const connx_model *model);
size_t connx_model_output_count(const connx_model *model);
const connx_value *connx_model_input(const connx_model *model, size_t index);
const connx_value *connx_model_output(const connx_model *model, size_t index);
connx_text connx_value_name(const connx_value *value);
/// The element type as the file gives it; 0 when the value is not a tensor.
int32_t connx_value_type(const connx_value *value);
/// −1 when the file declares no shape.
int64_t connx_value_rank(const connx_value *value);
/// −1 for a dimension without a fixed size.
int64_t connx_value_dimension(const connx_value *value, size_t axis);
/// Empty for a fixed dimension or an anonymous one.
connx_text connx_value_symbol(const connx_value *value, size_t axis);

size_t connx_model_node_count(const connx_model *model);
const connx_node *connx_model_node(const connx_model *model, size_t index);
connx_text connx_node_op_type(const connx_node *node);
connx_text connx_node_domain(const connx_node *node);
connx_text connx_node_name(const connx_node *node);
size_t connx_node_input_count(const connx_node *node);
connx_text connx_node_input(const connx_node *node, size_t index);
size_t connx_node_output_count(const connx_node *node);
connx_text connx_node_output(const connx_node *node, size_t index);
size_t connx_node_attribute_count(const connx_node *node);
const connx_attribute *connx_node_attribute(const connx_node *node, size_t index);

connx_text connx_attribute_name(const connx_attribute *attribute);
connx_attribute_kind connx_attribute_get_kind(const connx_attribute *attribute);
int64_t connx_attribute_integer(const connx_attribute *attribute);
float connx_attribute_real(const connx_attribute *attribute);
connx_text connx_attribute_string(const connx_attribute *attribute);
const int64_t *connx_attribute_integers(const connx_attribute *attribute, size_t *count);
const float *connx_attribute_reals(const connx_attribute *attribute, size_t *count);
size_t connx_attribute_string_count(const connx_attribute *attribute);
connx_text connx_attribute_element(const connx_attribute *attribute, size_t index);
const connx_tensor *connx_attribute_tensor(const connx_attribute *attribute);

size_t connx_model_initialiser_count(const connx_model *model);
const connx_tensor *connx_model_initialiser(const connx_model *model, size_t index);
connx_text connx_tensor_name(const connx_tensor *tensor);
/// The element type as the file gives it.
int32_t connx_tensor_type(const connx_tensor *tensor);
const int64_t *connx_tensor_dimensions(const connx_tensor *tensor, size_t *rank);
/// Number of elements, or −1 when the dimensions and the stored data disagree or the type is not float, int64 or double.
int64_t connx_tensor_count(const connx_tensor *tensor);
/// Copies connx_tensor_count elements of the tensor's type to `destination`, in the machine's byte order.
void connx_tensor_copy(const connx_tensor *tensor, void *destination);

#ifdef __cplusplus
}
#endif

#endif
