// SPDX-License-Identifier: Apache-2.0
// Storage types of weights: names, block sizes, byte counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sinkscope {

/// How the values of a tensor are stored. The quantised ones are GGML's block formats.
enum class DType : std::uint8_t { F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K };

/// Facts of one storage type.
struct DTypeInfo {
    DType dtype;
    std::string_view name; ///< as GGML writes it, e.g. "Q4_1"
    std::uint32_t ggmlId; ///< number in a GGUF file (ggml.h, enum ggml_type)
    std::size_t blockElements; ///< values in a block (1 for the floating types)
    std::size_t blockBytes; ///< bytes of a block
};

/// Facts of `dtype`.
const DTypeInfo &dtypeInfo(DType dtype);

/// Facts of the type with GGUF number `ggmlId`, or nullptr when it is not one that can be read.
const DTypeInfo *dtypeInfoByGgmlIdOrNull(std::uint32_t ggmlId);

/// Bytes of `elementCount` values (a multiple of the block size).
std::size_t storedBytes(DType dtype, std::size_t elementCount);

} // namespace sinkscope
