// SPDX-License-Identifier: Apache-2.0
// What every vocabulary shares: bytes to readable text.
#include "core/tokenizer/tokenizer.h"

#include "core/base/utf8.h"

namespace sinkscope {

std::string Tokenizer::piece(TokenId id) const
{
    return repairUtf8(tokenBytes(id));
}

std::string Tokenizer::decode(std::span<const TokenId> ids) const
{
    std::string bytes;
    for (const TokenId id : ids)
        bytes += tokenBytes(id);
    return repairUtf8(bytes);
}

} // namespace sinkscope
