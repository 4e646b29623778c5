// SPDX-License-Identifier: Apache-2.0
// The checks of the trust report and their tolerances.
#include "core/analysis/verify.h"

#include "core/analysis/attention_metrics.h"
#include "core/analysis/backend_difference.h"
#include "core/analysis/output_metrics.h"
#include "core/analysis/pass_difference.h"
#include "core/base/error.h"
#include "core/base/file_hash.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace sinkscope {

namespace {

constexpr double kExact = 0.0; // the same fp32 operations in the same order: not a byte may differ
// A row is T weights, each right to 2^-24 of itself, over a normaliser that was summed in fp32: with the 20
// tokens or so used here the sum is off by less than T * 2^-24 = 1.2e-6.
constexpr double kRowSum = 1e-5;
// OpenBLAS chooses kernels by shape, so that sums may be taken in another order: fp32 against fp64 of a whole
// pass differs by 3.5e-6 in patterns.
constexpr double kBlasRestart = 1e-5;
// One layer at the same input: the closed form rescales fp32 weights in fp64, the pass computes them anew in
// fp32. An entropy of up to ln T = 3 nats carries some 10 roundings of 2^-24 of it.
constexpr double kClosedForm = 1e-5;
// ln gamma added to a score of size s is rounded at 2^-24 s and moves the weights by as much, and the layers
// above carry that on; fp32 against fp64 of a whole pass differs by 3.5e-6.
constexpr double kLogitForm = 1e-5;
// fp32 sums of up to 16000 products in another order: their roundings grow like the square root, 128 * 2^-24
// = 8e-6 of the largest output at worst.
constexpr double kBackends = 1e-5;
// Of the figures of other programs: six times what fp32 and fp64 of the same computation differ by over five
// prompts and their edits (output entropy 1.9e-5, log-probabilities 5.3e-5, sink mass 6e-6,
// entropies 9.8e-6).
constexpr double kReferenceOutputEntropy = 2e-4;
constexpr double kReferenceLogProbability = 3e-4;
constexpr double kReferenceSinkMass = 3e-5;
constexpr double kReferenceEntropy = 1e-4;

constexpr double kProbeFactor = 0.3; // far from 1, so that what an edit moves shows
constexpr const char *kText = "The quick brown fox jumps over the lazy dog, and the dog looks at the fox.";
constexpr int kPlainTokens = 16; // where the text cannot be used

constexpr const char *kReferenceChecks[] = {
    "referenceOutputEntropy", "referenceTopTokens", "referenceSinkMass", "referenceEntropy"};
constexpr double kReferenceTolerances[] = {
    kReferenceOutputEntropy, kReferenceLogProbability, kReferenceSinkMass, kReferenceEntropy};

/// The text's tokens, or ids spread over the vocabulary where the tokenizer cannot encode it; no more than
/// the context holds.
std::vector<TokenId> tokensOf(const Model &model)
{
    std::vector<TokenId> tokens;
    try {
        tokens = model.tokenizer->encode(kText, SpecialTokens::AsText, AddedTokens::ByPolicy);
    } catch (const Error &) {
        tokens.clear();
    }
    if (tokens.size() < 2)
        for (int at = 0; at < kPlainTokens; ++at)
            tokens.emplace_back(
                static_cast<std::int32_t>((std::int64_t {at} * 7919 + 11) % model.config.vocabularySize));
    const auto longest = static_cast<std::size_t>(std::max(1, model.config.contextLength));
    tokens.resize(std::min(tokens.size(), longest));
    return tokens;
}

} // namespace

ModelVerifier::ModelVerifier(VerifySubject subject)
    : m_subject(std::move(subject))
    , m_tokens(tokensOf(m_subject.transformer.model()))
{
    m_report.path = m_subject.transformer.model().path;
}

const std::vector<ModelVerifier::Step> &ModelVerifier::steps()
{
    static const std::vector<Step> all {
        {"reading the file", &ModelVerifier::hashFile},
        {"passes without effect", &ModelVerifier::checkPlainPasses},
        {"restart", &ModelVerifier::checkEditedPasses},
        {"closed form", &ModelVerifier::checkClosedForm},
        {"logit form", &ModelVerifier::checkLogitForm},
        {"backends", &ModelVerifier::checkBackends},
        {"reference figures", &ModelVerifier::checkReference},
    };
    return all;
}

bool ModelVerifier::done() const
{
    return m_next >= steps().size();
}

double ModelVerifier::fraction() const
{
    return static_cast<double>(m_next) / static_cast<double>(steps().size());
}

const char *ModelVerifier::stepName() const
{
    return done() ? "" : steps()[m_next].name;
}

WorkStatus ModelVerifier::advance(const StopToken &stop)
{
    if (done())
        return WorkStatus::Completed;
    const WorkStatus status = (this->*steps()[m_next].run)(stop);
    if (status == WorkStatus::Completed)
        ++m_next;
    return status;
}

void ModelVerifier::add(const char *name, double value, double tolerance)
{
    m_report.checks.push_back({name, value <= tolerance, value, tolerance}); // false for NaN too
}

void ModelVerifier::skip(const char *name, double tolerance, const std::string &reason)
{
    m_report.checks.push_back({name, true, 0.0, tolerance, reason});
}

/// A head of the middle layer: below and above it there are layers that an edit leaves alone and moves.
HeadRef ModelVerifier::probe() const
{
    const ModelConfig &config = m_subject.transformer.model().config;
    return {LayerIndex(config.layerCount / 2), HeadIndex(config.headCount / 3)};
}

std::shared_ptr<const PassResult> ModelVerifier::run(const Intervention *edits, const StopToken &stop)
{
    PassRequest request;
    request.tokens = m_tokens;
    request.intervention = edits;
    request.capture.patternBudgetBytes = std::numeric_limits<std::size_t>::max(); // a short text: all of them
    return m_subject.transformer.run(request, stop);
}

WorkStatus ModelVerifier::hashFile(const StopToken &stop)
{
    const std::optional<std::string> sha256 = sha256OfFile(m_report.path, stop);
    if (!sha256)
        return WorkStatus::Cancelled;
    m_report.sha256 = *sha256;
    if (m_subject.expectedSha256)
        add("fileHash", m_report.sha256 == *m_subject.expectedSha256 ? 0.0 : 1.0, kExact);
    else if (m_report.sha256 == m_subject.reference.sha256)
        add("fileHash", 0.0, kExact);
    else
        skip("fileHash", kExact, "no hash is known that this file should have");
    return WorkStatus::Completed;
}

WorkStatus ModelVerifier::checkPlainPasses(const StopToken &stop)
{
    Intervention ones;
    const ModelConfig &config = m_subject.transformer.model().config;
    for (std::int32_t layer = 0; layer < config.layerCount; ++layer)
        for (std::int32_t head = 0; head < config.headCount; ++head) {
            HeadEdit edit; // setFactor would take gamma 1 for no edit
            edit.head = {LayerIndex(layer), HeadIndex(head)};
            ones.set(edit);
        }
    m_plain = run(nullptr, stop);
    const auto unchanged = m_plain ? run(&ones, stop) : nullptr;
    if (!unchanged)
        return WorkStatus::Cancelled;
    add("rowsSumToOne", rowSumError(*m_plain), kRowSum);
    add("gammaOneChangesNothing", static_cast<double>(differingBytes(*m_plain, *unchanged)), kExact);
    return WorkStatus::Completed;
}

WorkStatus ModelVerifier::checkEditedPasses(const StopToken &stop)
{
    Intervention edits;
    edits.setFactor(probe(), kProbeFactor);
    m_edited = run(&edits, stop);
    if (!m_edited)
        return WorkStatus::Cancelled;
    PassRequest request;
    request.tokens = m_tokens;
    request.intervention = &edits;
    request.capture.patternBudgetBytes = std::numeric_limits<std::size_t>::max();
    request.restartFrom = m_plain;
    request.restartLayer = probe().layer;
    const auto restarted = m_subject.transformer.run(request, stop);
    if (!restarted)
        return WorkStatus::Cancelled;
    add("editedRowsSumToOne", rowSumError(*m_edited), kRowSum);
    if (preparedBackend(m_subject.transformer.model()) != GemmBackend::Blas)
        add("restartEqualsFullPass", static_cast<double>(differingBytes(*m_edited, *restarted)), kExact);
    else
        add("restartEqualsFullPass",
            std::max(patternDifference(*m_edited, *restarted),
                relativeDifference(restarted->logitsLast, m_edited->logitsLast)),
            kBlasRestart);
    return WorkStatus::Completed;
}

WorkStatus ModelVerifier::checkClosedForm(const StopToken &stop)
{
    ClosedFormError worst;
    const auto compare = [&](const PassResult &edited, double gamma) {
        const std::size_t layer = probe().layer.asSize();
        const ClosedFormError error =
            closedFormError(*m_plain->layers[layer], *edited.layers[layer], probe().head, gamma);
        worst.pattern = std::max(worst.pattern, error.pattern);
        worst.entropyNats = std::max(worst.entropyNats, error.entropyNats);
    };
    compare(*m_edited, kProbeFactor);
    for (const double gamma : {0.0, 1.0 / kProbeFactor}) { // removed, and the other way
        Intervention edits;
        edits.setFactor(probe(), gamma);
        const auto edited = run(&edits, stop);
        if (!edited)
            return WorkStatus::Cancelled;
        compare(*edited, gamma);
    }
    add("closedFormPattern", worst.pattern, kClosedForm);
    add("closedFormEntropy", worst.entropyNats, kClosedForm);
    return WorkStatus::Completed;
}

WorkStatus ModelVerifier::checkLogitForm(const StopToken &stop)
{
    HeadEdit edit;
    edit.head = probe();
    edit.gamma = kProbeFactor;
    edit.kind = EditKind::Logit;
    Intervention edits;
    edits.set(edit);
    const auto byLogit = run(&edits, stop);
    if (!byLogit)
        return WorkStatus::Cancelled;
    add("logitEqualsProbability", patternDifference(*byLogit, *m_edited), kLogitForm);
    m_plain.reset();
    m_edited.reset();
    return WorkStatus::Completed;
}

WorkStatus ModelVerifier::checkBackends(const StopToken &stop)
{
    const Model &model = m_subject.transformer.model();
    const GemmBackend own = preparedBackend(model);
    double worst = -1.0;
    for (const GemmBackend other : usableGemmBackends()) {
        if (other == own)
            continue;
        const std::optional<double> difference = backendDifference(model, m_subject.gemm, other, stop);
        if (!difference)
            return WorkStatus::Cancelled;
        worst = std::max(worst, *difference);
    }
    if (worst >= 0.0)
        add("backendsAgree", worst, kBackends);
    else
        skip("backendsAgree", kBackends,
            "only the backend " + std::string(gemmBackendName(own)) + " is usable on this processor");
    return WorkStatus::Completed;
}

namespace {

/// Distances of one pass from the figures of a case, in the order of kReferenceChecks.
std::array<double, 4> referenceDistances(const PassResult &pass, const ReferenceFigureCase &expected)
{
    const std::vector<double> logP = logSoftmax(pass.logitsLast);
    double tokens = 0.0;
    for (const ReferenceToken &token : expected.top) {
        const double distance = std::fabs(logP[token.id.asSize()] - std::log(token.p));
        tokens = std::isnan(distance) ? std::numeric_limits<double>::infinity() : std::max(tokens, distance);
    }
    const HeadMetrics heads = headMetrics(pass.layers);
    return {std::fabs(entropyNats(logP) - expected.outputEntropyNats), tokens,
        largestDifference(heads.sinkMassLast.values(), expected.sinkMassLast.values()),
        largestDifference(heads.entropyLast.values(), expected.entropyLast.values())};
}

} // namespace

WorkStatus ModelVerifier::checkReference(const StopToken &stop)
{
    const std::size_t count = std::size(kReferenceChecks);
    if (m_report.sha256 != m_subject.reference.sha256) {
        for (std::size_t at = 0; at < count; ++at)
            skip(kReferenceChecks[at], kReferenceTolerances[at],
                "the program holds figures of another file only, sha256 " + m_subject.reference.sha256);
        return WorkStatus::Completed;
    }
    std::array<double, 4> worst {};
    for (const ReferenceFigureCase &expected : m_subject.reference.cases) {
        PassRequest request;
        request.tokens = expected.ids;
        request.intervention = &expected.edits;
        request.capture.patternBudgetBytes = 0; // the last rows are kept anyway
        const auto pass = m_subject.transformer.run(request, stop);
        if (!pass)
            return WorkStatus::Cancelled;
        const std::array<double, 4> distances = referenceDistances(*pass, expected);
        for (std::size_t at = 0; at < count; ++at)
            worst[at] = distances[at] <= worst[at] ? worst[at] : distances[at];
    }
    for (std::size_t at = 0; at < count; ++at)
        add(kReferenceChecks[at], worst[at], kReferenceTolerances[at]);
    return WorkStatus::Completed;
}

std::optional<VerifyReport> verifyModel(
    VerifySubject subject, const ProgressFn &progress, const StopToken &stop)
{
    ModelVerifier verifier(std::move(subject));
    while (!verifier.done()) {
        if (progress)
            progress(verifier.fraction(), verifier.stepName());
        if (verifier.advance(stop) == WorkStatus::Cancelled)
            return std::nullopt;
    }
    return verifier.report();
}

} // namespace sinkscope
