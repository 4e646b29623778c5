// SPDX-License-Identifier: Apache-2.0
// Writes small GGUF v3 files for tests, well-formed or wrong on purpose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sinkscope::test {

/// Collects metadata and tensors, then writes them. Setting a key again replaces its value and keeps its
/// place.
class GgufWriter {
public:
    void setString(const std::string &key, const std::string &value);
    void setUint32(const std::string &key, std::uint32_t value);
    void setFloat32(const std::string &key, float value);
    void setBool(const std::string &key, bool value);
    void setStrings(const std::string &key, const std::vector<std::string> &values);
    void setInt32s(const std::string &key, const std::vector<std::int32_t> &values);
    void removeKey(const std::string &key);

    /// `shape` is row-major (outputs first); GGUF stores it reversed. `ggmlType` as in ggml.h, e.g. 0 for
    /// F32.
    void setTensor(const std::string &name, std::uint32_t ggmlType, const std::vector<std::uint64_t> &shape,
        std::string bytes);
    void removeTensor(const std::string &name);

    /// Throws std::runtime_error when the file cannot be written.
    void write(const std::string &path) const;

private:
    struct Entry {
        std::string key;
        std::string typedValue; // type number and value as they stand in the file
    };
    struct Tensor {
        std::string name;
        std::uint32_t ggmlType = 0;
        std::vector<std::uint64_t> shape;
        std::string bytes;
    };
    void setEntry(const std::string &key, std::string typedValue);

    std::vector<Entry> m_entries;
    std::vector<Tensor> m_tensors;
};

/// The bytes of `values` as F32.
std::string bytesOfFloats(const std::vector<float> &values);

} // namespace sinkscope::test
