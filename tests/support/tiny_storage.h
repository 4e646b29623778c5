// SPDX-License-Identifier: Apache-2.0
// Stores values as GGML types for tiny models, and says what they are after that.
#pragma once

#include "tests/support/tiny_model.h"

namespace sinkscope::test {

/// Bytes in the file and the values they stand for.
struct StoredValues {
    std::string bytes;
    std::vector<double> values;
};

/// Number of the type in a GGUF file (ggml.h).
std::uint32_t ggmlTypeOf(TinyStorage storage);

/// Stores `values`; the quantised types need a multiple of 32.
StoredValues storeValues(TinyStorage storage, const std::vector<float> &values);

} // namespace sinkscope::test
