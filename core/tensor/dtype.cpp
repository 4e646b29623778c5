// SPDX-License-Identifier: Apache-2.0
// The table of storage types.
#include "core/tensor/dtype.h"

#include <array>
#include <cassert>

namespace sinkscope {

namespace {

// In the order of the enumeration. Numbers: enum ggml_type of ggml.h; sizes: the block structs of
// ggml-common.h.
constexpr std::array<DTypeInfo, 11> kDTypes {{
    {DType::F32, "F32", 0, 1, 4},
    {DType::F16, "F16", 1, 1, 2},
    {DType::BF16, "BF16", 30, 1, 2},
    {DType::Q4_0, "Q4_0", 2, 32, 18},
    {DType::Q4_1, "Q4_1", 3, 32, 20},
    {DType::Q5_0, "Q5_0", 6, 32, 22},
    {DType::Q5_1, "Q5_1", 7, 32, 24},
    {DType::Q8_0, "Q8_0", 8, 32, 34},
    {DType::Q4_K, "Q4_K", 12, 256, 144},
    {DType::Q5_K, "Q5_K", 13, 256, 176},
    {DType::Q6_K, "Q6_K", 14, 256, 210},
}};

constexpr bool inOrderOfTheEnumeration()
{
    for (std::size_t row = 0; row < kDTypes.size(); ++row) {
        if (static_cast<std::size_t>(kDTypes[row].dtype) != row)
            return false;
    }
    return true;
}
static_assert(inOrderOfTheEnumeration());

} // namespace

const DTypeInfo &dtypeInfo(DType dtype)
{
    const auto row = static_cast<std::size_t>(dtype);
    assert(row < kDTypes.size());
    return kDTypes[row];
}

const DTypeInfo *dtypeInfoByGgmlIdOrNull(std::uint32_t ggmlId)
{
    for (const DTypeInfo &info : kDTypes) {
        if (info.ggmlId == ggmlId)
            return &info;
    }
    return nullptr;
}

std::size_t storedBytes(DType dtype, std::size_t elementCount)
{
    const DTypeInfo &info = dtypeInfo(dtype);
    assert(elementCount % info.blockElements == 0);
    return elementCount / info.blockElements * info.blockBytes;
}

} // namespace sinkscope
