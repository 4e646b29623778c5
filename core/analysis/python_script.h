// SPDX-License-Identifier: Apache-2.0
// The state on screen as a Python script that computes it again with transformers.
#pragma once

#include "core/analysis/snapshot.h"

#include <string>

namespace sinkscope {

/// The version of transformers that the script was tried with; it names it.
inline constexpr const char *kTriedTransformers = "5.23.0";

/// What a script is of. What is referred to must outlive the call.
struct ScriptSubject {
    const Model &model;
    const Snapshot &baseline;
    const Snapshot &shown; ///< may be the baseline
    std::string sha256 = {}; ///< of the model file; empty: the script does not check it
};

/// A script for Python 3 that needs torch, transformers and gguf from pip: loads the same file with eager
/// attention in fp32, puts the edits of `shown` between the scores and the values, a query head at a time
/// (keys and values repeated for the heads that share them; order and rules of core/intervention/README.md),
/// and prints the answers' probabilities and the entropy of the next token before and after, beside the
/// figures of the snapshots. Throws RequestError where the edits need what only this program computes: a
/// baseline that reads the prompt's attention, or a target that depends on padding.
std::string pythonScript(const ScriptSubject &subject);

} // namespace sinkscope
