// SPDX-License-Identifier: Apache-2.0
// Assembles the sentence of an error from its parts.
#include "core/base/error.h"

namespace sinkscope {

namespace {

std::string sentence(const ErrorParts &parts)
{
    std::string text;
    if (!parts.file.empty())
        text += parts.file + ": ";
    if (!parts.place.empty())
        text += parts.place + ": ";
    text += parts.what;
    if (!parts.given.empty())
        text += "; given: " + parts.given;
    if (!parts.expected.empty())
        text += "; expected: " + parts.expected;
    if (!parts.wayOut.empty())
        text += ". " + parts.wayOut;
    return text;
}

} // namespace

Error::Error(ErrorParts parts)
    : std::runtime_error(sentence(parts))
    , m_parts(std::move(parts))
{
}

} // namespace sinkscope
