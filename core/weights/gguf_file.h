// SPDX-License-Identifier: Apache-2.0
// A GGUF model file, mapped into memory and checked as a whole when it is opened.
//
// The format (GGUF specification, docs/gguf.md of the ggml project), all numbers little-endian:
//
//   bytes 0..3   "GGUF"
//   u32          version: 2 and 3 are read here (they differ only in that 3 allows big-endian files)
//   u64          number of tensors
//   u64          number of metadata entries
//   entries      each: key (text), u32 kind, value
//     text       u64 length in bytes, then that many bytes of UTF-8 without a final zero
//     kinds      0 u8, 1 i8, 2 u16, 3 i16, 4 u32, 5 i32, 6 f32, 7 bool (one byte, 0 or 1), 8 text,
//                9 array, 10 u64, 11 i64, 12 f64
//     array      u32 kind of its elements, u64 count, then the elements without further kinds
//   tensors      each: name (text, at most 64 bytes), u32 number of dimensions (1 to 4),
//                u64 extent of each dimension, u32 storage type, u64 offset of its values
//   padding      up to a multiple of general.alignment (a power of two, 32 when the key is absent)
//   values       a tensor's values begin at its offset, counted from here, a multiple of the alignment
//
// The extents name the innermost dimension first: a weight that turns n inputs into m outputs is stored as
// (n, m) with the n inputs of an output side by side. TensorInfo::shape is the other way round, [m, n], as
// the rest of the program speaks of matrices. Quantised storage types pack a row in whole blocks.
//
// What is refused, always with the place, what was given and what was expected: a length, count or offset
// beyond the file; a key or tensor that appears twice; arrays of arrays (no model uses them); texts that are
// not UTF-8; tensors that overlap, lie outside the file, have a zero or overflowing extent, a row of broken
// blocks or a storage type that cannot be read; one part of a model split into several files. Gaps between
// tensors and bytes behind the last one are allowed. Nothing is reserved in memory for a claimed count before
// the file was found large enough to hold it.
#pragma once

#include "core/base/mapped_file.h"
#include "core/weights/weight_source.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sinkscope {

/// A parsed GGUF file. Owner: who opened it, shared (openWeights). Threads: immutable after construction.
/// Validity: the bytes of its tensors live as long as it does.
class GgufFile final : public WeightSource {
public:
    /// Parses `file` (never null). Throws Error as described at the top of this header.
    explicit GgufFile(std::unique_ptr<MappedFile> file);

    const std::string &path() const override { return m_file->path(); }
    std::uint64_t fileBytes() const override { return m_file->bytes().size(); }
    std::string formatName() const override;
    const MetaValue *metaOrNull(std::string_view key) const override;
    const TensorInfo *tensorOrNull(std::string_view name) const override;
    const std::vector<TensorInfo> &tensors() const override { return m_tensors; }

private:
    friend class GgufParser;

    std::unique_ptr<MappedFile> m_file;
    std::uint32_t m_version = 0;
    std::map<std::string, MetaValue, std::less<>> m_meta;
    std::vector<TensorInfo> m_tensors; ///< in the order of the file
    std::map<std::string, std::size_t, std::less<>> m_tensorByName; ///< index in m_tensors
};

} // namespace sinkscope
