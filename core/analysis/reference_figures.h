// SPDX-License-Identifier: Apache-2.0
// Figures of a known model file that another program computed, for the trust report.
#pragma once

#include "core/intervention/intervention.h"
#include "core/tensor/matrix_view.h"

#include <string>
#include <string_view>
#include <vector>

namespace sinkscope {

/// One of the most likely next tokens.
struct ReferenceToken {
    TokenId id;
    double p = 0.0;
};

/// One prompt under one intervention.
struct ReferenceFigureCase {
    std::string name;
    std::vector<TokenId> ids;
    Intervention edits;
    double outputEntropyNats = 0.0;
    std::vector<ReferenceToken> top; ///< most likely first
    Matrix sinkMassLast; ///< [L, H] attention of the last row to key 0
    Matrix entropyLast; ///< [L, H] nats, of the last row
};

/// The cases of one model file.
struct ReferenceFigures {
    std::string sha256; ///< of the file
    std::vector<ReferenceFigureCase> cases;
};

/// Reads the form that tests/reference/make_reference.py writes. Throws Error naming what is wrong.
ReferenceFigures parseReferenceFigures(std::string_view json);

/// The figures of the default model that the program carries (resources/reference_figures.json).
ReferenceFigures storedReferenceFigures();

} // namespace sinkscope
