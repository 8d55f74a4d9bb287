#include "wire.h"

#include <onnx/onnx_pb.h>

#include <string>

namespace connx {
namespace {

enum Kind {
    MODEL, GRAPH, NODE, ATTRIBUTE, TENSOR, VALUE, TYPE, TENSOR_TYPE, SHAPE, DIMENSION, ENTRY, OPSET,
    NUMBERS, UNSUPPORTED, BYTES
};

struct Field {
    Kind owner;
    uint32_t number;
    Kind content;
    const char *name;
};

/// The length-delimited fields that are messages, packed numbers or unsupported; all others are bytes. Numbers from
/// onnx.proto.
constexpr Field fields[] = {
    {MODEL, 7, GRAPH, "graph"},
    {MODEL, 8, OPSET, "opset_import"},
    {MODEL, 14, ENTRY, "metadata_props"},
    {MODEL, 20, UNSUPPORTED, "training_info"},
    {MODEL, 25, UNSUPPORTED, "functions"},
    {GRAPH, 1, NODE, "node"},
    {GRAPH, 5, TENSOR, "initializer"},
    {GRAPH, 11, VALUE, "input"},
    {GRAPH, 12, VALUE, "output"},
    {GRAPH, 13, VALUE, "value_info"},
    {GRAPH, 14, UNSUPPORTED, "quantization_annotation"},
    {GRAPH, 15, UNSUPPORTED, "sparse_initializer"},
    {NODE, 5, ATTRIBUTE, "attribute"},
    {ATTRIBUTE, 5, TENSOR, "t"},
    {ATTRIBUTE, 6, UNSUPPORTED, "g (a subgraph)"},
    {ATTRIBUTE, 7, NUMBERS, "floats"},
    {ATTRIBUTE, 8, NUMBERS, "ints"},
    {ATTRIBUTE, 10, UNSUPPORTED, "tensors"},
    {ATTRIBUTE, 11, UNSUPPORTED, "graphs"},
    {ATTRIBUTE, 14, UNSUPPORTED, "tp (a type)"},
    {ATTRIBUTE, 15, UNSUPPORTED, "type_protos"},
    {ATTRIBUTE, 22, UNSUPPORTED, "sparse_tensor"},
    {ATTRIBUTE, 23, UNSUPPORTED, "sparse_tensors"},
    {TENSOR, 1, NUMBERS, "dims"},
    {TENSOR, 3, UNSUPPORTED, "segment"},
    {TENSOR, 4, NUMBERS, "float_data"},
    {TENSOR, 5, NUMBERS, "int32_data"},
    {TENSOR, 6, UNSUPPORTED, "string_data"},
    {TENSOR, 7, NUMBERS, "int64_data"},
    {TENSOR, 10, NUMBERS, "double_data"},
    {TENSOR, 11, NUMBERS, "uint64_data"},
    {TENSOR, 13, UNSUPPORTED, "external_data (weights in another file)"},
    {VALUE, 2, TYPE, "type"},
    {TYPE, 1, TENSOR_TYPE, "tensor_type"},
    {TYPE, 4, UNSUPPORTED, "sequence_type"},
    {TYPE, 5, UNSUPPORTED, "map_type"},
    {TYPE, 7, UNSUPPORTED, "opaque_type"},
    {TYPE, 8, UNSUPPORTED, "sparse_tensor_type"},
    {TYPE, 9, UNSUPPORTED, "optional_type"},
    {TENSOR_TYPE, 2, SHAPE, "shape"},
    {SHAPE, 1, DIMENSION, "dim"},
};

Kind content(Kind owner, uint32_t number, const char **name) {
    for (const Field &field : fields) {
        if (field.owner == owner && field.number == number) {
            *name = field.name;
            return field.content;
        }
    }
    return BYTES;
}

/// An allocation's own book-keeping plus the pointer that a repeated field keeps, doubled as repeated fields grow.
constexpr size_t overhead = 16 + 2 * sizeof(void *);

size_t object_size(Kind kind) {
    switch (kind) {
    case MODEL: return sizeof(onnx::ModelProto);
    case GRAPH: return sizeof(onnx::GraphProto);
    case NODE: return sizeof(onnx::NodeProto);
    case ATTRIBUTE: return sizeof(onnx::AttributeProto);
    case TENSOR: return sizeof(onnx::TensorProto);
    case VALUE: return sizeof(onnx::ValueInfoProto);
    case TYPE: return sizeof(onnx::TypeProto);
    case TENSOR_TYPE: return sizeof(onnx::TypeProto_Tensor);
    case SHAPE: return sizeof(onnx::TensorShapeProto);
    case DIMENSION: return sizeof(onnx::TensorShapeProto_Dimension);
    case ENTRY: return sizeof(onnx::StringStringEntryProto);
    case OPSET: return sizeof(onnx::OperatorSetIdProto);
    case NUMBERS:
    case UNSUPPORTED:
    case BYTES: return sizeof(std::string);
    }
    return sizeof(std::string);
}

class Walk {
public:
    explicit Walk(const uint8_t *bytes) : bytes(bytes) {}

    size_t memory = 0;

    /// Walks one message in [position, end). The depth is that of the table above, so recursion is bounded.
    void message(Kind kind, size_t position, size_t end) {
        while (position < end) {
            const size_t start = position;
            const uint64_t tag = varint(&position, end);
            const uint64_t number = tag >> 3;
            if (number == 0 || number > 0x1FFFFFFF) malformed(start, "a field number that does not exist");
            switch (tag & 7) {
            case 0: varint(&position, end); break;
            case 1: skip(&position, end, 8); break;
            case 2: delimited(kind, static_cast<uint32_t>(number), start, &position, end); break;
            case 5: skip(&position, end, 4); break;
            default: malformed(start, "a wire type that ONNX does not use");
            }
            memory += sizeof(uint64_t) * 2;
        }
    }

private:
    const uint8_t *bytes;

    void delimited(Kind owner, uint32_t number, size_t start, size_t *position, size_t end) {
        const uint64_t length = varint(position, end);
        if (length > end - *position) malformed(start, "a field that reaches beyond the end of its message");
        const char *name = "";
        const Kind kind = content(owner, number, &name);
        memory += object_size(kind) + overhead;
        switch (kind) {
        case UNSUPPORTED:
            throw Refused(
                "byte " + std::to_string(start) + " starts the field " + name + ", which this program does not read");
        case NUMBERS:
            // A one-byte varint becomes an int64; the list may have grown to twice its size.
            memory += 16 * length;
            break;
        case BYTES: memory += length; break;
        default: message(kind, *position, *position + length);
        }
        *position += length;
    }

    uint64_t varint(size_t *position, size_t end) {
        const size_t start = *position;
        uint64_t value = 0;
        for (int shift = 0; shift < 70 && *position < end; shift += 7) {
            const uint8_t byte = bytes[(*position)++];
            value |= shift < 64 ? static_cast<uint64_t>(byte & 0x7F) << shift : 0;
            if (byte < 0x80) return value;
        }
        malformed(start, "a number that does not end");
    }

    void skip(size_t *position, size_t end, size_t count) {
        if (end - *position < count) malformed(*position, "a field that reaches beyond the end of its message");
        *position += count;
    }

    [[noreturn]] void malformed(size_t position, const char *what) {
        throw Refused("byte " + std::to_string(position) + " starts " + what);
    }
};

}  // namespace

size_t estimated_memory(const uint8_t *bytes, size_t count) {
    Walk walk(bytes);
    walk.memory = count + sizeof(onnx::ModelProto);
    walk.message(MODEL, 0, count);
    return walk.memory;
}

}  // namespace connx
