// SPDX-License-Identifier: Apache-2.0
// GGUF v3 by its description (ggml, docs/gguf.md): header, metadata, tensor table, aligned tensor data.
#include "tests/support/gguf_writer.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace sinkscope::test {

namespace {

static_assert(std::endian::native == std::endian::little, "GGUF is little-endian");

// Value types of GGUF metadata.
constexpr std::uint32_t kUint32 = 4;
constexpr std::uint32_t kInt32 = 5;
constexpr std::uint32_t kFloat32 = 6;
constexpr std::uint32_t kBool = 7;
constexpr std::uint32_t kString = 8;
constexpr std::uint32_t kArray = 9;
constexpr std::size_t kAlignment = 32;

template <typename T> void append(std::string &out, T value)
{
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}

void appendString(std::string &out, const std::string &text)
{
    append(out, static_cast<std::uint64_t>(text.size()));
    out += text;
}

void align(std::string &out)
{
    out.resize((out.size() + kAlignment - 1) / kAlignment * kAlignment, '\0');
}

} // namespace

void GgufWriter::setEntry(const std::string &key, std::string typedValue)
{
    const auto found = std::find_if(
        m_entries.begin(), m_entries.end(), [&](const Entry &entry) { return entry.key == key; });
    if (found == m_entries.end())
        m_entries.push_back({key, std::move(typedValue)});
    else
        found->typedValue = std::move(typedValue);
}

void GgufWriter::setString(const std::string &key, const std::string &value)
{
    std::string typed;
    append(typed, kString);
    appendString(typed, value);
    setEntry(key, std::move(typed));
}

void GgufWriter::setUint32(const std::string &key, std::uint32_t value)
{
    std::string typed;
    append(typed, kUint32);
    append(typed, value);
    setEntry(key, std::move(typed));
}

void GgufWriter::setFloat32(const std::string &key, float value)
{
    std::string typed;
    append(typed, kFloat32);
    append(typed, value);
    setEntry(key, std::move(typed));
}

void GgufWriter::setBool(const std::string &key, bool value)
{
    std::string typed;
    append(typed, kBool);
    append(typed, static_cast<std::uint8_t>(value ? 1 : 0));
    setEntry(key, std::move(typed));
}

void GgufWriter::setStrings(const std::string &key, const std::vector<std::string> &values)
{
    std::string typed;
    append(typed, kArray);
    append(typed, kString);
    append(typed, static_cast<std::uint64_t>(values.size()));
    for (const std::string &value : values)
        appendString(typed, value);
    setEntry(key, std::move(typed));
}

void GgufWriter::setInt32s(const std::string &key, const std::vector<std::int32_t> &values)
{
    std::string typed;
    append(typed, kArray);
    append(typed, kInt32);
    append(typed, static_cast<std::uint64_t>(values.size()));
    for (const std::int32_t value : values)
        append(typed, value);
    setEntry(key, std::move(typed));
}

void GgufWriter::removeKey(const std::string &key)
{
    std::erase_if(m_entries, [&](const Entry &entry) { return entry.key == key; });
}

void GgufWriter::setTensor(const std::string &name, std::uint32_t ggmlType,
    const std::vector<std::uint64_t> &shape, std::string bytes)
{
    removeTensor(name);
    m_tensors.push_back({name, ggmlType, shape, std::move(bytes)});
}

void GgufWriter::removeTensor(const std::string &name)
{
    std::erase_if(m_tensors, [&](const Tensor &tensor) { return tensor.name == name; });
}

void GgufWriter::write(const std::string &path) const
{
    std::string out = "GGUF";
    append(out, std::uint32_t {3});
    append(out, static_cast<std::uint64_t>(m_tensors.size()));
    append(out, static_cast<std::uint64_t>(m_entries.size()));
    for (const Entry &entry : m_entries) {
        appendString(out, entry.key);
        out += entry.typedValue;
    }
    std::string data;
    for (const Tensor &tensor : m_tensors) {
        appendString(out, tensor.name);
        append(out, static_cast<std::uint32_t>(tensor.shape.size()));
        for (auto extent = tensor.shape.rbegin(); extent != tensor.shape.rend(); ++extent)
            append(out, *extent);
        append(out, tensor.ggmlType);
        align(data);
        append(out, static_cast<std::uint64_t>(data.size()));
        data += tensor.bytes;
    }
    align(data);
    align(out);
    std::ofstream stream(path, std::ios::binary | std::ios::trunc);
    stream << out << data;
    stream.close();
    if (!stream)
        throw std::runtime_error("cannot write " + path);
}

std::string bytesOfFloats(const std::vector<float> &values)
{
    std::string bytes(values.size() * sizeof(float), '\0');
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

} // namespace sinkscope::test
