// SPDX-License-Identifier: Apache-2.0
// What a model file offers, whatever its format: metadata by key and tensors by name.
#pragma once

#include "core/tensor/dtype.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sinkscope {

/// A value of a file's metadata. Integers are widened, floats are doubles; arrays are of one kind.
using MetaValue = std::variant<bool, std::int64_t, std::uint64_t, double, std::string, std::vector<bool>,
    std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>>;

/// A tensor of a model file. `shape` is row-major: shape.front() counts rows (outputs), shape.back() the
/// contiguous values of a row (inputs). Validity of `bytes`: while the WeightSource lives.
struct TensorInfo {
    std::string name;
    DType dtype = DType::F32;
    std::vector<std::uint64_t> shape;
    std::span<const std::byte> bytes;

    std::uint64_t elementCount() const
    {
        std::uint64_t count = 1;
        for (const std::uint64_t extent : shape)
            count *= extent;
        return count;
    }
};

/// A parsed model file. Owner: ModelWeights (shared with who reads from it). Threads: immutable after
/// construction. All lengths and offsets were checked when it was opened.
class WeightSource {
public:
    virtual ~WeightSource() = default;

    virtual const std::string &path() const = 0;
    virtual std::uint64_t fileBytes() const = 0;
    /// E.g. "GGUF v3".
    virtual std::string formatName() const = 0;
    /// nullptr when the key is absent.
    virtual const MetaValue *metaOrNull(std::string_view key) const = 0;
    /// nullptr when the tensor is absent.
    virtual const TensorInfo *tensorOrNull(std::string_view name) const = 0;
    virtual const std::vector<TensorInfo> &tensors() const = 0;

    /// Typed reading of metadata. The plain forms throw Error (key, given, expected) when the key is absent
    /// or of another kind; the others return nothing when it is absent and throw when it is of another kind.
    std::string metaString(std::string_view key) const;
    std::int64_t metaInteger(std::string_view key) const;
    double metaNumber(std::string_view key) const;
    std::optional<std::string> metaStringOrNull(std::string_view key) const;
    std::optional<std::int64_t> metaIntegerOrNull(std::string_view key) const;
    std::optional<double> metaNumberOrNull(std::string_view key) const;
    std::optional<bool> metaBoolOrNull(std::string_view key) const;
    /// nullptr when absent; throws when it is not an array of strings.
    const std::vector<std::string> *metaStringsOrNull(std::string_view key) const;
    /// nullptr when absent; throws when it is not an array of integers.
    const std::vector<std::int64_t> *metaIntegersOrNull(std::string_view key) const;
};

} // namespace sinkscope
