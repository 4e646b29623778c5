// SPDX-License-Identifier: Apache-2.0
// Tokens and matrices whose content does not matter, the same in every run.
#pragma once

#include "core/base/index_types.h"
#include "core/base/random.h"
#include "core/tensor/matrix_view.h"

#include <vector>

namespace sinkscope::test {

inline constexpr int kTinyVocabulary = 280; ///< ids below it are in every tiny model

/// Ids spread over the vocabulary of the tiny models; a shorter list is the beginning of a longer one.
inline std::vector<TokenId> someTokens(int count)
{
    std::vector<TokenId> tokens;
    tokens.reserve(static_cast<std::size_t>(count));
    for (int at = 0; at < count; ++at)
        tokens.emplace_back((at * 41 + 7) % kTinyVocabulary);
    return tokens;
}

inline std::vector<TokenId> randomTokens(std::size_t count, std::uint64_t seed = 42)
{
    Random random(seed);
    std::vector<TokenId> tokens;
    tokens.reserve(count);
    for (std::size_t at = 0; at < count; ++at)
        tokens.emplace_back(static_cast<std::int32_t>(random.next() % kTinyVocabulary));
    return tokens;
}

/// Independent normal values of standard deviation 1.
inline Matrix randomMatrix(std::size_t rows, std::size_t columns, std::uint64_t seed)
{
    Matrix matrix(rows, columns);
    Random random(seed);
    for (float &value : matrix.values())
        value = static_cast<float>(random.normal());
    return matrix;
}

} // namespace sinkscope::test
