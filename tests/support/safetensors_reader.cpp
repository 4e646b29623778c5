// SPDX-License-Identifier: Apache-2.0
// Safetensors: 8 bytes header length, a JSON header, then the arrays (github.com/huggingface/safetensors).
#include "tests/support/safetensors_reader.h"

#include <nlohmann/json.hpp>

#include <bit>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace sinkscope::test {

namespace {

static_assert(std::endian::native == std::endian::little, "the arrays are little-endian");

[[noreturn]] void refuse(const std::string &path, const std::string &what)
{
    throw std::runtime_error("safetensors file " + path + ": " + what);
}

template <typename T> std::vector<double> widened(const char *bytes, std::size_t count)
{
    std::vector<double> values(count);
    for (std::size_t at = 0; at < count; ++at) {
        T value;
        std::memcpy(&value, bytes + at * sizeof(T), sizeof(T));
        values[at] = static_cast<double>(value);
    }
    return values;
}

std::size_t elementSize(const std::string &dtype)
{
    if (dtype == "F64" || dtype == "I64")
        return 8;
    if (dtype == "F32" || dtype == "I32")
        return 4;
    return dtype == "U8" ? 1 : 0;
}

std::vector<double> valuesOf(const std::string &dtype, const char *bytes, std::size_t count)
{
    if (dtype == "F64")
        return widened<double>(bytes, count);
    if (dtype == "I64")
        return widened<std::int64_t>(bytes, count);
    if (dtype == "F32")
        return widened<float>(bytes, count);
    if (dtype == "I32")
        return widened<std::int32_t>(bytes, count);
    return widened<std::uint8_t>(bytes, count);
}

} // namespace

ReferenceArrays readSafetensors(const std::string &path)
{
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        refuse(path, "cannot be opened");
    const std::string content {std::istreambuf_iterator<char>(stream), {}};
    std::uint64_t headerBytes = 0;
    if (content.size() < sizeof headerBytes)
        refuse(path, "is shorter than its header length");
    std::memcpy(&headerBytes, content.data(), sizeof headerBytes);
    if (headerBytes > content.size() - sizeof headerBytes)
        refuse(path, "has a header that runs past its end");
    const std::size_t dataStart = sizeof headerBytes + headerBytes;
    const std::size_t dataBytes = content.size() - dataStart;
    const auto header = nlohmann::json::parse(content.substr(sizeof headerBytes, headerBytes));

    ReferenceArrays arrays;
    for (const auto &[name, entry] : header.items()) {
        if (name == "__metadata__")
            continue;
        ReferenceArray array {entry.at("dtype"), entry.at("shape"), {}};
        const std::size_t begin = entry.at("data_offsets").at(0);
        const std::size_t end = entry.at("data_offsets").at(1);
        std::size_t count = 1;
        for (const std::size_t extent : array.shape)
            count *= extent;
        const std::size_t size = elementSize(array.dtype);
        if (size == 0)
            refuse(path, name + " has type " + array.dtype);
        if (begin > end || end > dataBytes || end - begin != count * size)
            refuse(path, name + " does not fill its byte range");
        array.values = valuesOf(array.dtype, content.data() + dataStart + begin, count);
        arrays.emplace(name, std::move(array));
    }
    return arrays;
}

const ReferenceArray &arrayNamed(const ReferenceArrays &arrays, const std::string &name)
{
    const auto found = arrays.find(name);
    if (found == arrays.end())
        throw std::runtime_error("the reference holds no array " + name);
    return found->second;
}

} // namespace sinkscope::test
