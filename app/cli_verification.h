// SPDX-License-Identifier: Apache-2.0
// What `verify` found, kept so that exports can name it.
#pragma once

#include "core/analysis/verify_report.h"
#include "core/tensor/gemm.h"

#include <string>

namespace sinkscope {

/// Keeps the outcome for the file at `modelPath` and `backend` in `stateFolder`/verified.json, in place of an
/// earlier one; outcomes of files that are gone are dropped. Throws Error when the folder cannot be written.
void keepVerification(const std::string &stateFolder, const std::string &modelPath, GemmBackend backend,
    const VerifyReport &report);

/// One line for an export: passed or failed, when, what was checked with; or that nothing is known, and how
/// to change that. An outcome counts only while size and time of the file, program version, backend and
/// instruction set are those it was found with. A damaged or absent record is "not verified". Throws nothing.
std::string verificationLine(
    const std::string &stateFolder, const std::string &modelPath, GemmBackend backend) noexcept;

} // namespace sinkscope
