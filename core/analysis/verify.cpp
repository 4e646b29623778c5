// SPDX-License-Identifier: Apache-2.0
// The checks of the trust report and their tolerances.
#include "core/analysis/verify.h"

#include "core/analysis/attention_metrics.h"
#include "core/analysis/backend_difference.h"
#include "core/analysis/output_metrics.h"
#include "core/analysis/pass_difference.h"
#include "core/analysis/verify_checks.h"
#include "core/base/error.h"
#include "core/base/file_hash.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace sinkscope {

namespace {

constexpr double kExact = 0.0; // of a hash
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
    add(verifyCheck(name, value, tolerance));
}

void ModelVerifier::add(VerifyCheck check)
{
    m_report.checks.push_back(std::move(check));
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
    request.nonFinite = NonFinite::Keep; // a check goes red instead
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

namespace {

/// Edits of every head that leave all as it is. Factors of 1 are dropped before any kernel; 2 and 1/2 on the
/// same target reach the kernels, and their product is 1 without rounding.
Intervention withoutEffect(const ModelConfig &config)
{
    Intervention edits;
    const auto add = [&](HeadRef head, EditKind kind, double gamma, QuerySelection queries) {
        HeadEdit edit; // setFactor would take gamma 1 for no edit
        edit.head = head;
        edit.kind = kind;
        edit.gamma = gamma;
        edit.queries = queries;
        edits.set(edit);
    };
    const QuerySelection all;
    QuerySelection fromFirst;
    fromFirst.kind = QuerySelection::Kind::From;
    for (std::int32_t layer = 0; layer < config.layerCount; ++layer)
        for (std::int32_t index = 0; index < config.headCount; ++index) {
            const HeadRef head {LayerIndex(layer), HeadIndex(index)};
            if (index % 2 == 1) {
                add(head, EditKind::Probability, 1.0, all);
                continue;
            }
            for (const EditKind kind : {EditKind::Probability, EditKind::Key, EditKind::Gain}) {
                add(head, kind, 2.0, all);
                add(head, kind, 0.5, fromFirst);
            }
        }
    return edits;
}

} // namespace

WorkStatus ModelVerifier::checkPlainPasses(const StopToken &stop)
{
    const Intervention ones = withoutEffect(m_subject.transformer.model().config);
    m_plain = run(nullptr, stop);
    const auto unchanged = m_plain ? run(&ones, stop) : nullptr;
    if (!unchanged)
        return WorkStatus::Cancelled;
    add(rowSumCheck("rowsSumToOne", *m_plain));
    add(unchangedCheck(*m_plain, *unchanged));
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
    request.nonFinite = NonFinite::Keep; // a check goes red instead
    request.tokens = m_tokens;
    request.intervention = &edits;
    request.capture.patternBudgetBytes = std::numeric_limits<std::size_t>::max();
    request.restartFrom = m_plain;
    request.restartLayer = probe().layer;
    const auto restarted = m_subject.transformer.run(request, stop);
    if (!restarted)
        return WorkStatus::Cancelled;
    add(rowSumCheck("editedRowsSumToOne", *m_edited));
    add(restartCheck(preparedBackend(m_subject.transformer.model()), *m_edited, *restarted));
    return WorkStatus::Completed;
}

WorkStatus ModelVerifier::checkClosedForm(const StopToken &stop)
{
    Transformer &transformer = m_subject.transformer;
    const std::size_t layer = probe().layer.asSize();
    const auto plain = transformer.attentionOutput(*m_plain, nullptr, probe().layer, stop);
    if (!plain)
        return WorkStatus::Cancelled;
    ClosedFormError worst;
    for (const double gamma : {kProbeFactor, 0.0, 1.0 / kProbeFactor}) { // and removed, and the other way
        Intervention edits;
        edits.setFactor(probe(), gamma);
        const auto edited = gamma == kProbeFactor ? m_edited : run(&edits, stop);
        const auto attention =
            edited ? transformer.attentionOutput(*edited, &edits, probe().layer, stop) : std::nullopt;
        if (!attention)
            return WorkStatus::Cancelled;
        worst = farther(worst,
            closedFormError(transformer.model(), {*m_plain->layers[layer], *plain},
                {*edited->layers[layer], *attention}, probe(), gamma));
    }
    for (VerifyCheck &check : closedFormChecks(worst))
        add(std::move(check));
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
    add(logitFormCheck(*byLogit, *m_edited));
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
        worst = farther(worst, *difference);
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
        tokens = farther(tokens, std::fabs(logP[token.id.asSize()] - std::log(token.p)));
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
        request.nonFinite = NonFinite::Keep; // a check goes red instead
        request.tokens = expected.ids;
        request.intervention = &expected.edits;
        request.capture.patternBudgetBytes = 0; // the last rows are kept anyway
        const auto pass = m_subject.transformer.run(request, stop);
        if (!pass)
            return WorkStatus::Cancelled;
        const std::array<double, 4> distances = referenceDistances(*pass, expected);
        for (std::size_t at = 0; at < count; ++at)
            worst[at] = farther(worst[at], distances[at]);
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
