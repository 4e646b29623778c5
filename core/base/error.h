// SPDX-License-Identifier: Apache-2.0
// The one exception type of the core: a refusal that says where, what was given, what is allowed and the way
// out.
#pragma once

#include <stdexcept>
#include <string>

namespace sinkscope {

/// Parts of a refusal; empty parts are left out of the sentence.
struct ErrorParts {
    std::string what; ///< one clause, e.g. "the tensor runs past the end of the file"
    std::string file = {}; ///< path of the file concerned
    std::string place = {}; ///< where in it: key, tensor, byte offset, line
    std::string given = {}; ///< what was found
    std::string expected = {}; ///< what is allowed
    std::string wayOut = {}; ///< what the person can do about it
};

/// Bad input at the border (a file, an argument, an edit). Never thrown for our own mistakes (assertions)
/// nor for cancellation (a status).
class Error : public std::runtime_error {
public:
    explicit Error(ErrorParts parts);
    const ErrorParts &parts() const noexcept { return m_parts; }

private:
    ErrorParts m_parts;
};

/// An argument of a request that the loaded model cannot satisfy (unknown layer, prompt too long, ...).
class RequestError : public Error {
public:
    using Error::Error;
};

/// A short text (an edit, a number) that is not written as it must be.
class SyntaxError : public Error {
public:
    using Error::Error;
};

} // namespace sinkscope
