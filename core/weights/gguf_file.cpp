// SPDX-License-Identifier: Apache-2.0
// Parsing of GGUF files; the format is described in the header.
#include "core/weights/gguf_file.h"

#include "core/base/error.h"
#include "core/weights/byte_cursor.h"
#include "core/weights/gguf_metadata.h"

#include <algorithm>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace sinkscope {

namespace {

constexpr std::uint64_t kMaxTensorNameBytes = 64; // GGUF specification
constexpr std::uint32_t kMaxDimensions = 4; // GGUF specification
constexpr std::uint64_t kDefaultAlignment = 32; // GGUF specification
constexpr std::uint64_t kMaxAlignment = std::uint64_t {1} << 30; // keeps the sums below far from overflow
constexpr std::uint64_t kSmallestTensorEntry =
    8 + 4 + 8 + 4 + 8; // an empty name, one dimension, type, offset

/// Storage types that GGML knows and this program cannot read, by number: a refusal can then name them.
struct UnreadType {
    std::uint32_t ggmlId;
    std::string_view name;
};
constexpr UnreadType kUnreadTypes[] = {{4, "Q4_2 (removed)"}, {5, "Q4_3 (removed)"}, {9, "Q8_1"},
    {10, "Q2_K"}, {11, "Q3_K"}, {15, "Q8_K"}, {16, "IQ2_XXS"}, {17, "IQ2_XS"}, {18, "IQ3_XXS"}, {19, "IQ1_S"},
    {20, "IQ4_NL"}, {21, "IQ3_S"}, {22, "IQ2_S"}, {23, "IQ4_XS"}, {24, "I8"}, {25, "I16"}, {26, "I32"},
    {27, "I64"}, {28, "F64"}, {29, "IQ1_M"}, {31, "Q4_0_4_4 (removed)"}, {32, "Q4_0_4_8 (removed)"},
    {33, "Q4_0_8_8 (removed)"}, {34, "TQ1_0"}, {35, "TQ2_0"}, {39, "MXFP4"}};

/// a * b, or nothing when it does not fit 64 bits.
std::optional<std::uint64_t> productOrNothing(std::uint64_t a, std::uint64_t b)
{
    if (b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b)
        return std::nullopt;
    return a * b;
}

/// Extents as "[m, n]", row-major.
std::string shapeText(const std::vector<std::uint64_t> &shape)
{
    std::string text;
    for (const std::uint64_t extent : shape)
        text += (text.empty() ? "[" : ", ") + std::to_string(extent);
    return text + "]";
}

} // namespace

/// Fills a GgufFile. Lives only while it is constructed.
class GgufParser {
public:
    explicit GgufParser(GgufFile &file)
        : m_file(file)
        , m_cursor(file.m_file->bytes(), file.m_file->path())
    {
    }

    void parse()
    {
        const std::uint64_t tensorCount = readHeader();
        m_file.m_meta = readGgufMetadata(m_cursor, m_metaCount);
        refuseSplitFile();
        readTensorTable(tensorCount);
        placeTensors(readAlignment());
    }

private:
    struct Placement {
        std::uint64_t offset; // from the start of the values
        std::uint64_t byteCount;
    };

    std::uint64_t readHeader();
    void refuseVersion(std::uint32_t version) const;
    void refuseSplitFile() const;
    std::uint64_t readAlignment() const;
    void readTensorTable(std::uint64_t tensorCount);
    void readTensorEntry();
    std::vector<std::uint64_t> readShape();
    DType readStorageType();
    std::uint64_t byteCount(const TensorInfo &tensor, std::uint64_t entryAt) const;
    void placeTensors(std::uint64_t alignment);
    void refuseOverlaps(std::uint64_t dataStart);

    GgufFile &m_file;
    ByteCursor m_cursor;
    std::uint64_t m_metaCount = 0;
    std::vector<Placement> m_placements; // of m_file.m_tensors
};

std::uint64_t GgufParser::readHeader()
{
    m_cursor.setPlace("file header");
    const auto magic = m_cursor.read<std::uint32_t>();
    if (magic != 0x46554747U) // "GGUF"
        m_cursor.refuse(
            0, "the file does not begin with 'GGUF'", fmt::format("0x{:08X}", magic), "0x46554747");
    m_file.m_version = m_cursor.read<std::uint32_t>();
    refuseVersion(m_file.m_version);
    const auto tensorCount = m_cursor.read<std::uint64_t>();
    m_metaCount = m_cursor.read<std::uint64_t>();
    m_cursor.require(m_metaCount, kSmallestGgufEntry, "the metadata");
    m_cursor.require(tensorCount, kSmallestTensorEntry, "the tensor table");
    return tensorCount;
}

void GgufParser::refuseVersion(std::uint32_t version) const
{
    if (version == 2 || version == 3)
        return;
    const bool isBigEndian = version != 0 && (version & 0xFFFFU) == 0;
    const std::uint32_t swapped = (version >> 24) | ((version >> 8) & 0xFF00U);
    throw Error({.what = isBigEndian ? "this is a big-endian GGUF file, made for another kind of processor"
                                     : "this version of GGUF is not read",
        .file = m_cursor.path(),
        .place = "byte 4",
        .given = isBigEndian ? fmt::format("version {} with its bytes in big-endian order", swapped)
                             : fmt::format("version {}", version),
        .expected = isBigEndian ? "a little-endian file of version 2 or 3" : "version 2 or 3",
        .wayOut = isBigEndian ? "Obtain the little-endian file of the same model"
                              : "Obtain or convert the model with a current tool"});
}

void GgufParser::refuseSplitFile() const
{
    const std::int64_t parts = m_file.metaIntegerOrNull("split.count").value_or(1);
    if (parts <= 1)
        return;
    throw Error({.what = "this is one part of a model that is split into several files",
        .file = m_cursor.path(),
        .place = "metadata key 'split.count'",
        .given = fmt::format("{} parts", parts),
        .expected = "the whole model in one file",
        .wayOut = "Join the parts first, e.g. with 'llama-gguf-split --merge FIRST_PART JOINED.gguf'"});
}

std::uint64_t GgufParser::readAlignment() const
{
    const auto stated = m_file.metaIntegerOrNull("general.alignment");
    if (!stated)
        return kDefaultAlignment;
    const auto alignment = static_cast<std::uint64_t>(*stated);
    if (*stated <= 0 || alignment > kMaxAlignment || (alignment & (alignment - 1)) != 0)
        throw Error({.what = "the alignment of the tensors is not possible",
            .file = m_cursor.path(),
            .place = "metadata key 'general.alignment'",
            .given = std::to_string(*stated),
            .expected = fmt::format("a power of two up to {}", kMaxAlignment),
            .wayOut = "The file is damaged; obtain it again"});
    return alignment;
}

void GgufParser::readTensorTable(std::uint64_t tensorCount)
{
    m_cursor.setPlace("tensor table");
    m_cursor.require(tensorCount, kSmallestTensorEntry, "the tensor table");
    m_file.m_tensors.reserve(static_cast<std::size_t>(tensorCount));
    m_placements.reserve(static_cast<std::size_t>(tensorCount));
    for (std::uint64_t entry = 0; entry < tensorCount; ++entry) {
        m_cursor.setPlace(fmt::format("tensor {} of {}", entry + 1, tensorCount));
        readTensorEntry();
    }
}

void GgufParser::readTensorEntry()
{
    const std::uint64_t at = m_cursor.offset();
    TensorInfo tensor;
    tensor.name = m_cursor.readText("a tensor name", kMaxTensorNameBytes);
    m_cursor.setPlace(fmt::format("tensor '{}'", tensor.name));
    if (!m_file.m_tensorByName.emplace(tensor.name, m_file.m_tensors.size()).second)
        m_cursor.refuse(at, "the tensor appears twice", "a second entry", "one entry a tensor");
    tensor.shape = readShape();
    tensor.dtype = readStorageType();
    const std::uint64_t bytes = byteCount(tensor, at);
    m_placements.push_back({m_cursor.read<std::uint64_t>(), bytes});
    m_file.m_tensors.push_back(std::move(tensor));
}

std::vector<std::uint64_t> GgufParser::readShape()
{
    const std::uint64_t at = m_cursor.offset();
    const auto dimensions = m_cursor.read<std::uint32_t>();
    if (dimensions < 1 || dimensions > kMaxDimensions)
        m_cursor.refuse(at, "the number of dimensions is not possible", std::to_string(dimensions),
            fmt::format("1 to {}", kMaxDimensions));
    std::vector<std::uint64_t> shape;
    for (std::uint32_t dimension = 0; dimension < dimensions; ++dimension) {
        shape.push_back(m_cursor.read<std::uint64_t>());
        if (shape.back() == 0)
            m_cursor.refuse(m_cursor.offset() - 8, "an extent of the tensor is zero", "0", "1 or more");
    }
    std::reverse(shape.begin(), shape.end()); // the file names the innermost first
    return shape;
}

DType GgufParser::readStorageType()
{
    const auto ggmlId = m_cursor.read<std::uint32_t>();
    if (const DTypeInfo *info = dtypeInfoByGgmlIdOrNull(ggmlId))
        return info->dtype;
    const auto *unread = std::find_if(std::begin(kUnreadTypes), std::end(kUnreadTypes),
        [ggmlId](const UnreadType &type) { return type.ggmlId == ggmlId; });
    m_cursor.refuse(m_cursor.offset() - 4, "the tensor is stored in a type that is not read",
        unread != std::end(kUnreadTypes) ? fmt::format("{} (type {})", unread->name, ggmlId)
                                         : fmt::format("unknown type {}", ggmlId),
        "F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K or Q6_K",
        "Obtain or convert the model with its weights in one of these types");
}

std::uint64_t GgufParser::byteCount(const TensorInfo &tensor, std::uint64_t entryAt) const
{
    const DTypeInfo &type = dtypeInfo(tensor.dtype);
    const std::uint64_t rowLength = tensor.shape.back();
    if (rowLength % type.blockElements != 0)
        m_cursor.refuse(entryAt, "a row of the tensor is not a whole number of blocks",
            fmt::format("rows of {} values stored as {}", rowLength, type.name),
            fmt::format("a multiple of {}", type.blockElements));
    std::optional<std::uint64_t> elements = 1;
    for (const std::uint64_t extent : tensor.shape) {
        elements = productOrNothing(*elements, extent);
        if (!elements)
            break;
    }
    const auto bytes = elements ? productOrNothing(*elements / type.blockElements, type.blockBytes)
                                : std::optional<std::uint64_t>();
    if (!bytes || *bytes > m_file.fileBytes())
        m_cursor.refuse(entryAt, "the tensor is larger than the file",
            fmt::format("shape {} stored as {}", shapeText(tensor.shape), type.name),
            fmt::format("at most the file's {} bytes", m_file.fileBytes()));
    return *bytes;
}

void GgufParser::placeTensors(std::uint64_t alignment)
{
    // The table ends inside the file and the alignment is at most 2^30: the sum cannot overflow.
    const std::uint64_t dataStart = (m_cursor.offset() + alignment - 1) / alignment * alignment;
    const std::uint64_t fileBytes = m_file.fileBytes();
    const std::uint64_t dataBytes = dataStart < fileBytes ? fileBytes - dataStart : 0;
    for (std::size_t entry = 0; entry < m_placements.size(); ++entry) {
        const auto [offset, byteCount] = m_placements[entry];
        TensorInfo &tensor = m_file.m_tensors[entry];
        m_cursor.setPlace(fmt::format("tensor '{}'", tensor.name));
        if (offset % alignment != 0)
            m_cursor.refuse(dataStart, "the tensor's offset is not aligned", fmt::format("offset {}", offset),
                fmt::format("a multiple of {}", alignment));
        if (offset > dataBytes || byteCount > dataBytes - offset)
            m_cursor.refuse(dataStart, "the tensor runs past the end of the file",
                fmt::format("{} bytes at offset {} from here", byteCount, offset),
                fmt::format("at most {} bytes from here", dataBytes));
        tensor.bytes = m_file.m_file->bytes().subspan(
            static_cast<std::size_t>(dataStart + offset), static_cast<std::size_t>(byteCount));
    }
    refuseOverlaps(dataStart);
}

void GgufParser::refuseOverlaps(std::uint64_t dataStart)
{
    std::vector<std::size_t> byOffset(m_placements.size());
    for (std::size_t entry = 0; entry < byOffset.size(); ++entry)
        byOffset[entry] = entry;
    std::sort(byOffset.begin(), byOffset.end(),
        [this](std::size_t a, std::size_t b) { return m_placements[a].offset < m_placements[b].offset; });
    for (std::size_t rank = 1; rank < byOffset.size(); ++rank) {
        const Placement &before = m_placements[byOffset[rank - 1]];
        const Placement &here = m_placements[byOffset[rank]];
        if (here.offset >= before.offset + before.byteCount)
            continue;
        m_cursor.setPlace(fmt::format("tensor '{}'", m_file.m_tensors[byOffset[rank]].name));
        m_cursor.refuse(dataStart + here.offset, "the tensor lies inside another one",
            fmt::format("offset {}", here.offset),
            fmt::format("{} or more, where tensor '{}' ends", before.offset + before.byteCount,
                m_file.m_tensors[byOffset[rank - 1]].name));
    }
}

GgufFile::GgufFile(std::unique_ptr<MappedFile> file)
    : m_file(std::move(file))
{
    GgufParser(*this).parse();
}

std::string GgufFile::formatName() const
{
    return fmt::format("GGUF v{}", m_version);
}

const MetaValue *GgufFile::metaOrNull(std::string_view key) const
{
    const auto found = m_meta.find(key);
    return found == m_meta.end() ? nullptr : &found->second;
}

const TensorInfo *GgufFile::tensorOrNull(std::string_view name) const
{
    const auto found = m_tensorByName.find(name);
    return found == m_tensorByName.end() ? nullptr : &m_tensors[found->second];
}

} // namespace sinkscope
