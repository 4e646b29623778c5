// SPDX-License-Identifier: Apache-2.0
// Keeping figures of a pass and comparing them with later ones.
#include "core/project/snapshot_figures.h"

#include "core/base/error.h"
#include "core/base/version.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace sinkscope {

namespace {

// What fp32 may differ by on another machine, backend or version: six times what fp32 and fp64 of the same
// computation differ by over five prompts and their edits (tests/reference/default_model_test.cpp).
constexpr double kOutputEntropy = 2e-4; // nats
constexpr double kLogProbability = 3e-4; // nats
constexpr double kAnswerPerToken = 5e-4; // nats, of each of its tokens
constexpr double kSinkMass = 3e-5;
constexpr double kEntropy = 1e-4; // nats
constexpr double kEntropyWithoutSink = 2e-4; // nats
constexpr double kExact = 0.0; // the same operations in the same order

/// Collects differences and keeps the one farthest from its tolerance.
class Comparer {
public:
    explicit Comparer(bool isExact)
        : m_isExact(isExact)
    {
    }

    void add(std::string figure, double stored, double now, double tolerance)
    {
        FigureDifference found {
            std::move(figure), stored, now, distance(stored, now), m_isExact ? kExact : tolerance};
        ++m_result.compared;
        m_result.failed += found.holds() ? 0 : 1;
        if (m_result.compared == 1 || isWorse(found, m_result.worst))
            m_result.worst = std::move(found);
    }
    FigureComparison result() const { return m_result; }

private:
    static double distance(double stored, double now)
    {
        if (stored == now || (std::isnan(stored) && std::isnan(now)))
            return 0.0;
        const double difference = std::abs(now - stored);
        return std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
    }
    /// Nearer to failing, or failing by more; equal figures are no worse than others.
    static bool isWorse(const FigureDifference &left, const FigureDifference &right)
    {
        if (left.difference == 0.0 || right.difference == 0.0)
            return left.difference > right.difference;
        return left.difference * right.tolerance > right.difference * left.tolerance
            || (left.tolerance == 0.0 && left.difference > right.difference);
    }

    bool m_isExact;
    FigureComparison m_result;
};

/// A probability p right to `nats` of its logarithm is right to p (e^nats - 1).
double probabilityTolerance(double p, double nats)
{
    return p * std::expm1(nats);
}

void compareAnswers(Comparer &comparer, const SnapshotFigures &stored, const OutputMetrics &now)
{
    comparer.add("number of answers", static_cast<double>(stored.answers.size()),
        static_cast<double>(now.answers.size()), kExact);
    for (std::size_t place = 0; place < std::min(stored.answers.size(), now.answers.size()); ++place) {
        const AnswerScore &before = stored.answers[place];
        const AnswerScore &after = now.answers[place];
        const double nats = kAnswerPerToken * static_cast<double>(before.ids.size());
        comparer.add(fmt::format("ln p of \"{}\"", before.text), before.logProb, after.logProb, nats);
        comparer.add(
            fmt::format("p of \"{}\"", before.text), before.p, after.p, probabilityTolerance(before.p, nats));
    }
}

void compareTop(Comparer &comparer, const SnapshotFigures &stored, const Snapshot &now)
{
    for (const TokenProbability &token : stored.top) {
        const bool isThere = token.id.value >= 0 && token.id.asSize() < now.logProbabilities->size();
        const double p = isThere ? std::exp((*now.logProbabilities)[token.id.asSize()])
                                 : std::numeric_limits<double>::quiet_NaN();
        comparer.add(fmt::format("p of token \"{}\"", token.text), token.p, p,
            probabilityTolerance(token.p, kLogProbability));
    }
}

void compareHeads(
    Comparer &comparer, const char *figure, const Matrix &stored, const Matrix &now, double tolerance)
{
    if (stored.rows() != now.rows() || stored.columns() != now.columns()) {
        comparer.add(fmt::format("number of heads with {}", figure),
            static_cast<double>(stored.values().size()), static_cast<double>(now.values().size()), kExact);
        return;
    }
    for (std::size_t layer = 0; layer < stored.rows(); ++layer)
        for (std::size_t head = 0; head < stored.columns(); ++head)
            comparer.add(fmt::format("{} of L{}H{}", figure, layer, head),
                static_cast<double>(stored.at(layer, head)), static_cast<double>(now.at(layer, head)),
                tolerance);
}

} // namespace

std::string computedWith(GemmBackend backend)
{
    return fmt::format("{}, {}, {}", gemmBackendName(backend), packedInstructionSet(), kVersion);
}

SnapshotFigures figuresOf(const Snapshot &snapshot, GemmBackend backend)
{
    if (!snapshot.heads || snapshot.precision != GemmPrecision::Exact)
        throw RequestError({.what = "the figures are not complete yet",
            .expected = "a pass that has come to its end",
            .wayOut = "Wait until the result is complete"});
    SnapshotFigures figures;
    figures.outputEntropyNats = snapshot.output.entropyNats;
    figures.answers = snapshot.output.answers;
    figures.top = snapshot.output.top;
    figures.sinkMassLast = snapshot.heads->sinkMassLast;
    figures.entropyLast = snapshot.heads->entropyLast;
    figures.entropyWithoutSinkLast = snapshot.heads->entropyWithoutSinkLast;
    figures.computedWith = computedWith(backend);
    return figures;
}

FigureComparison compareFigures(const SnapshotFigures &stored, const Snapshot &now, GemmBackend backend)
{
    Comparer comparer(backend != GemmBackend::Blas && stored.computedWith == computedWith(backend));
    comparer.add("output entropy", stored.outputEntropyNats, now.output.entropyNats, kOutputEntropy);
    compareAnswers(comparer, stored, now.output);
    compareTop(comparer, stored, now);
    compareHeads(comparer, "a0", stored.sinkMassLast, now.heads->sinkMassLast, kSinkMass);
    compareHeads(comparer, "entropy", stored.entropyLast, now.heads->entropyLast, kEntropy);
    compareHeads(comparer, "entropy without key 0", stored.entropyWithoutSinkLast,
        now.heads->entropyWithoutSinkLast, kEntropyWithoutSink);
    return comparer.result();
}

} // namespace sinkscope
