// SPDX-License-Identifier: Apache-2.0
// The trust report of a model as a value: what was checked, what was measured, whether it holds.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace sinkscope {

/// What one check found.
struct VerifyCheck {
    std::string name; ///< never translated, e.g. "rowsSumToOne"
    bool ok = true; ///< value <= tolerance; true when skipped
    double value = 0.0; ///< may be infinite; 0 when skipped
    double tolerance = 0.0;
    std::string skippedReason = {}; ///< empty: the check ran

    bool skipped() const { return !skippedReason.empty(); }
};

/// All checks of one model. A value; crosses threads as shared_ptr<const VerifyReport>.
struct VerifyReport {
    std::string path; ///< of the model file
    std::string sha256; ///< of the file as it lies on the disk
    std::vector<VerifyCheck> checks; ///< in the order they ran
    bool ok() const
    {
        return std::all_of(checks.begin(), checks.end(), [](const VerifyCheck &check) { return check.ok; });
    }
    /// "a, b" of the checks that do not hold; empty when all do.
    std::string failedNames() const
    {
        std::string names;
        for (const VerifyCheck &check : checks)
            if (!check.ok)
                names += (names.empty() ? "" : ", ") + check.name;
        return names;
    }
};

} // namespace sinkscope
