// SPDX-License-Identifier: Apache-2.0
// Verifies a loaded model: makes the trust report.
#pragma once

#include "core/analysis/reference_figures.h"
#include "core/analysis/verify_report.h"
#include "core/model/transformer.h"

#include <optional>
#include <string>
#include <vector>

namespace sinkscope {

/// What is verified and against what. The references must outlive the verifier.
struct VerifySubject {
    Transformer &transformer;
    Gemm &gemm;
    ReferenceFigures reference = storedReferenceFigures(); ///< compared when the file is the one they are of
    std::optional<std::string> expectedSha256 = {}; ///< where the file is known by another way than itself
};

/// Runs the checks one step at a time, so that other work can come between. Owner: a command or the compute
/// thread. Threads: one at a time, the transformer's. Validity: while the transformer's model is loaded.
class ModelVerifier {
public:
    explicit ModelVerifier(VerifySubject subject);

    bool done() const;
    double fraction() const; ///< 0..1 of the steps
    const char *stepName() const; ///< what the next step does, e.g. "reading the file"; "" when done
    /// Runs the next step. A cancelled one is repeated by the next call. Throws Error when the file cannot be
    /// read.
    WorkStatus advance(const StopToken &stop);
    /// Whole when done().
    const VerifyReport &report() const { return m_report; }

private:
    struct Step {
        const char *name;
        WorkStatus (ModelVerifier::*run)(const StopToken &stop);
    };
    static const std::vector<Step> &steps();

    WorkStatus hashFile(const StopToken &stop);
    WorkStatus checkPlainPasses(const StopToken &stop);
    WorkStatus checkEditedPasses(const StopToken &stop);
    WorkStatus checkClosedForm(const StopToken &stop);
    WorkStatus checkLogitForm(const StopToken &stop);
    WorkStatus checkBackends(const StopToken &stop);
    WorkStatus checkReference(const StopToken &stop);

    std::shared_ptr<const PassResult> run(const Intervention *edits, const StopToken &stop);
    HeadRef probe() const;
    void add(const char *name, double value, double tolerance);
    void add(VerifyCheck check);
    void skip(const char *name, double tolerance, const std::string &reason);

    VerifySubject m_subject;
    std::vector<TokenId> m_tokens;
    std::size_t m_next = 0; // step
    std::shared_ptr<const PassResult> m_plain; // without edits
    std::shared_ptr<const PassResult> m_edited; // the probe head at kProbeFactor
    VerifyReport m_report;
};

/// All steps; nothing when cancelled. Throws as ModelVerifier::advance.
std::optional<VerifyReport> verifyModel(
    VerifySubject subject, const ProgressFn &progress, const StopToken &stop);

} // namespace sinkscope
