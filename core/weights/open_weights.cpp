// SPDX-License-Identifier: Apache-2.0
// Recognises a file by its first bytes: a wrong file gets a sentence that says what it is.
#include "core/weights/open_weights.h"

#include "core/base/error.h"
#include "core/base/mapped_file.h"
#include "core/weights/gguf_file.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

namespace sinkscope {

namespace {

constexpr std::string_view kObtainGguf = "Obtain the model as a GGUF file, or convert it to GGUF";

struct Recognised {
    std::string_view what;
    std::string_view wayOut;
};

struct KnownStart {
    std::string_view bytes;
    Recognised recognised;
};

constexpr Recognised kArchive {
    "this is an archive, not a model file", "Unpack it and open the GGUF file inside"};
constexpr Recognised kWebPage {"this is a web page, not a model file; the download went wrong",
    "Download the file itself, not the page that offers it"};
constexpr Recognised kOldGgml {"this is a GGML file of the time before GGUF, which is not read",
    "Obtain or convert the model with a current tool"};

// The first bytes of files that are met in place of a model.
constexpr KnownStart kKnownStarts[] = {
    {"PK\x03\x04",
        {"this is a zip archive (a PyTorch checkpoint or a packed download), not a GGUF file",
            "Unpack it if a GGUF file is inside; otherwise obtain the model as a GGUF file"}},
    {"\x1F\x8B", kArchive},
    {"BZh", kArchive},
    {"\xFD"
     "7zXZ",
        kArchive},
    {"7z\xBC\xAF", kArchive},
    {"\x28\xB5\x2F\xFD", kArchive},
    {"version https://git-lfs",
        {"this is a Git LFS pointer, not the model itself",
            "Fetch the file it stands for with 'git lfs pull'"}},
    {"lmgg", kOldGgml},
    {"fmgg", kOldGgml},
    {"tjgg", kOldGgml},
    {"algg", kOldGgml},
};

std::string_view withoutLeadingSpace(std::string_view text)
{
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

/// A safetensors file begins with the 64-bit length of a JSON object that follows at byte 8.
bool looksLikeSafetensors(std::string_view start, std::size_t fileBytes)
{
    if (start.size() < 10 || start[8] != '{')
        return false;
    std::uint64_t headerBytes = 0;
    for (std::size_t byte = 8; byte-- > 0;)
        headerBytes = headerBytes << 8 | static_cast<unsigned char>(start[byte]);
    return headerBytes >= 2 && headerBytes <= fileBytes - 8;
}

Recognised recognise(std::string_view start, std::size_t fileBytes)
{
    for (const KnownStart &known : kKnownStarts) {
        if (start.starts_with(known.bytes))
            return known.recognised;
    }
    if (looksLikeSafetensors(start, fileBytes))
        return {"this is a safetensors file; GGUF files are read", kObtainGguf};
    std::string lower(withoutLeadingSpace(start.starts_with("\xEF\xBB\xBF") ? start.substr(3) : start));
    std::transform(lower.begin(), lower.end(), lower.begin(),
        [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    if (lower.starts_with("<!doctype") || lower.starts_with("<html") || lower.starts_with("<?xml")
        || lower.starts_with("<head"))
        return kWebPage;
    if (lower.starts_with("{") || lower.starts_with("["))
        return {"this is a JSON text, not a model file", kObtainGguf};
    return {"this is not a GGUF file", kObtainGguf};
}

std::string hexBytes(std::string_view bytes)
{
    std::string text;
    for (const char byte : bytes)
        text += fmt::format("{}{:02X}", text.empty() ? "" : " ", static_cast<unsigned char>(byte));
    return text;
}

} // namespace

std::shared_ptr<const WeightSource> openWeights(const std::string &path)
{
    auto file = std::make_unique<MappedFile>(path);
    constexpr std::size_t kStartBytes = 256;
    const std::string_view start(
        reinterpret_cast<const char *>(file->bytes().data()), std::min(kStartBytes, file->bytes().size()));
    if (start.starts_with("GGUF"))
        return std::make_shared<const GgufFile>(std::move(file));
    const Recognised recognised = recognise(start, file->bytes().size());
    throw Error({.what = std::string(recognised.what),
        .file = path,
        .place = "byte 0",
        .given = "the bytes " + hexBytes(start.substr(0, 8)),
        .expected = "47 47 55 46 ('GGUF')",
        .wayOut = std::string(recognised.wayOut)});
}

} // namespace sinkscope
