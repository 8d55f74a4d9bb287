// Walks the wire format of a serialised ModelProto before protobuf sees it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace connx {

/// The bytes are not a model that this library reads; the text names the byte.
struct Refused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// About how many bytes of memory the parsed model takes. One wire byte can become a hundred in memory (an empty node
/// takes two bytes in the file), so the file's size alone bounds nothing. An over-estimate is fine, an under-estimate
/// is not. Throws Refused at malformed bytes and at parts of ONNX that the reader does not support.
size_t estimated_memory(const uint8_t *bytes, size_t count);

}  // namespace connx
