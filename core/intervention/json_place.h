// SPDX-License-Identifier: Apache-2.0
// Where in a file a refusal points to; shared by the readers of interventions.
#pragma once

#include <string>

namespace sinkscope {

/// An entry of a file. Validity: while `source` lives.
struct JsonPlace {
    const std::string &source;
    std::string entry; ///< e.g. "edit 3"
    std::string wayOut;

    /// Throws Error.
    [[noreturn]] void refuse(
        const std::string &what, const std::string &given, const std::string &expected) const;
};

} // namespace sinkscope
