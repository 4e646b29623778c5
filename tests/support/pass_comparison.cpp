// SPDX-License-Identifier: Apache-2.0
// One SiteDifference a site; the first that exceeds its tolerance is where a fault is.
#include "tests/support/pass_comparison.h"

#include "core/model/hook_site.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace sinkscope::test {

namespace {

// Collects the largest difference of one site.
class Site {
public:
    Site(std::string name, double tolerance) { m_result = {std::move(name), 0.0, tolerance, ""}; }

    template <typename Where> void compare(double got, double expected, const Where &where)
    {
        double difference = std::fabs(got - expected);
        if (std::isnan(difference))
            difference = std::numeric_limits<double>::infinity();
        if (difference > m_result.difference) {
            m_result.difference = difference;
            m_result.where = where();
        }
    }
    void wrongSize(const std::string &what)
    {
        m_result.difference = std::numeric_limits<double>::infinity();
        m_result.where = what;
    }
    SiteDifference result() const { return m_result; }

private:
    SiteDifference m_result;
};

std::string number(std::size_t value)
{
    return std::to_string(value);
}

SiteDifference residualSite(
    const LayerRecord &record, const ReferencePass &reference, std::size_t layer, double tolerance)
{
    Site site(hookSiteName(HookSite::ResidualIn, LayerIndex(static_cast<std::int32_t>(layer))), tolerance);
    const std::vector<double> &expected = reference.residuals[layer];
    const std::span<const float> got = record.residualIn.values();
    if (got.size() != expected.size()) {
        site.wrongSize("size " + number(got.size()) + " against " + number(expected.size()));
        return site.result();
    }
    for (std::size_t at = 0; at < expected.size(); ++at)
        site.compare(static_cast<double>(got[at]), expected[at], [&] {
            return "token " + number(at / reference.hidden) + " element " + number(at % reference.hidden);
        });
    return site.result();
}

template <typename Visit> void forRows(const ReferencePass &reference, const Visit &visit)
{
    for (std::size_t head = 0; head < reference.heads; ++head)
        for (std::size_t query = 0; query < reference.tokens; ++query)
            visit(head, query);
}

SiteDifference patternSite(
    const LayerRecord &record, const ReferencePass &reference, std::size_t layer, double tolerance)
{
    Site site(
        hookSiteName(HookSite::AttentionPattern, LayerIndex(static_cast<std::int32_t>(layer))), tolerance);
    forRows(reference, [&](std::size_t head, std::size_t query) {
        const auto expected = reference.patternRow(layer, head, query);
        const auto compareRow = [&](std::span<const float> got) {
            for (std::size_t key = 0; key <= query; ++key)
                site.compare(static_cast<double>(got[key]), expected[key], [&] {
                    return "head " + number(head) + " query " + number(query) + " key " + number(key);
                });
        };
        if (record.hasPatterns()) {
            std::vector<float> row(query + 1);
            record.copyPatternRow(
                HeadIndex(static_cast<std::int32_t>(head)), TokenPos(static_cast<std::int32_t>(query)), row);
            compareRow(row);
        }
        if (query + 1 == reference.tokens)
            compareRow(record.lastRow.row(head));
    });
    return site.result();
}

// A summary [H, T] against a figure of the reference row.
template <typename Figure>
SiteDifference summarySite(const std::string &name, const Matrix &got, const ReferencePass &reference,
    double tolerance, const Figure &figure)
{
    Site site(name, tolerance);
    if (got.rows() != reference.heads || got.columns() != reference.tokens) {
        site.wrongSize("shape");
        return site.result();
    }
    forRows(reference, [&](std::size_t head, std::size_t query) {
        site.compare(static_cast<double>(got.at(head, query)), figure(head, query),
            [&] { return "head " + number(head) + " query " + number(query); });
    });
    return site.result();
}

void addSummaries(std::vector<SiteDifference> &sites, const LayerRecord &record,
    const ReferencePass &reference, std::size_t layer, const PassTolerances &tolerances)
{
    const std::string prefix = "blocks." + number(layer) + ".attn.";
    const auto row = [&](std::size_t head, std::size_t query) {
        return reference.patternRow(layer, head, query);
    };
    sites.push_back(summarySite(prefix + "sink_mass", record.sinkMass, reference, tolerances.attention,
        [&](std::size_t head, std::size_t query) { return row(head, query)[0]; }));
    sites.push_back(summarySite(prefix + "rest_mass", record.restMass, reference, tolerances.attention,
        [&](std::size_t head, std::size_t query) {
            double sum = 0.0;
            for (const double p : row(head, query).subspan(1))
                sum += p;
            return sum;
        }));
    sites.push_back(summarySite(prefix + "entropy", record.entropy, reference, tolerances.entropy,
        [&](std::size_t head, std::size_t query) { return referenceEntropy(row(head, query)); }));
    sites.push_back(summarySite(prefix + "rest_entropy", record.restEntropy, reference, tolerances.entropy,
        [&](std::size_t head, std::size_t query) { return referenceRestEntropy(row(head, query)); }));
}

SiteDifference vectorSite(
    const std::string &name, std::span<const float> got, std::span<const double> expected, double tolerance)
{
    Site site(name, tolerance);
    if (got.size() != expected.size())
        site.wrongSize("size " + number(got.size()) + " against " + number(expected.size()));
    else
        for (std::size_t at = 0; at < got.size(); ++at)
            site.compare(static_cast<double>(got[at]), expected[at], [&] { return "element " + number(at); });
    return site.result();
}

bool sameBytes(std::span<const float> left, std::span<const float> right)
{
    return left.size() == right.size() && std::memcmp(left.data(), right.data(), left.size_bytes()) == 0;
}

} // namespace

std::vector<SiteDifference> compareSites(
    const PassResult &pass, const ReferencePass &reference, const PassTolerances &tolerances)
{
    std::vector<SiteDifference> sites;
    for (std::size_t layer = 0; layer < pass.layers.size(); ++layer) {
        const LayerRecord &record = *pass.layers[layer];
        sites.push_back(residualSite(record, reference, layer, tolerances.residual));
        sites.push_back(patternSite(record, reference, layer, tolerances.attention));
        addSummaries(sites, record, reference, layer, tolerances);
    }
    const std::size_t last = reference.tokens - 1;
    sites.push_back(vectorSite(hookSiteName(HookSite::FinalNorm), pass.finalNormLast,
        std::span(reference.finalNorm).subspan(last * reference.hidden, reference.hidden),
        tolerances.residual));
    sites.push_back(vectorSite(
        hookSiteName(HookSite::Logits), pass.logitsLast, reference.logitsRow(last), tolerances.logits));
    if (!pass.logitsAll.empty())
        sites.push_back(
            vectorSite("logits of all rows", pass.logitsAll.values(), reference.logits, tolerances.logits));
    return sites;
}

testing::AssertionResult agrees(
    const PassResult &pass, const ReferencePass &reference, const PassTolerances &tolerances)
{
    if (pass.layers.size() + 1 != reference.residuals.size())
        return testing::AssertionFailure() << "the pass has " << pass.layers.size() << " layers";
    testing::AssertionResult failure = testing::AssertionFailure()
        << "sites that differ, first computed first:";
    bool differs = false;
    for (const SiteDifference &site : compareSites(pass, reference, tolerances)) {
        if (!site.exceeds())
            continue;
        differs = true;
        failure << "\n  " << site.site << ": " << site.difference << " > " << site.tolerance << " at "
                << site.where;
    }
    return differs ? failure : testing::AssertionSuccess();
}

testing::AssertionResult sameBytes(const PassResult &left, const PassResult &right)
{
    if (left.layers.size() != right.layers.size())
        return testing::AssertionFailure() << "other number of layers";
    for (std::size_t layer = 0; layer < left.layers.size(); ++layer) {
        const LayerRecord &a = *left.layers[layer];
        const LayerRecord &b = *right.layers[layer];
        const std::pair<const char *, bool> parts[] {
            {"residual", sameBytes(a.residualIn.values(), b.residualIn.values())},
            {"keys", sameBytes(a.keys.values(), b.keys.values())},
            {"values", sameBytes(a.values.values(), b.values.values())},
            {"sink mass", sameBytes(a.sinkMass.values(), b.sinkMass.values())},
            {"rest mass", sameBytes(a.restMass.values(), b.restMass.values())},
            {"entropy", sameBytes(a.entropy.values(), b.entropy.values())},
            {"rest entropy", sameBytes(a.restEntropy.values(), b.restEntropy.values())},
            {"sink log odds", sameBytes(a.sinkLogOdds.values(), b.sinkLogOdds.values())},
            {"last row", sameBytes(a.lastRow.values(), b.lastRow.values())},
            {"patterns", sameBytes(a.patterns, b.patterns) && a.halfPatterns == b.halfPatterns},
        };
        for (const auto &[name, same] : parts)
            if (!same)
                return testing::AssertionFailure() << "the " << name << " of layer " << layer << " differ";
    }
    if (!sameBytes(left.finalNormLast, right.finalNormLast) || !sameBytes(left.logitsLast, right.logitsLast)
        || !sameBytes(left.logitsAll.values(), right.logitsAll.values()))
        return testing::AssertionFailure() << "the output differs";
    return testing::AssertionSuccess();
}

} // namespace sinkscope::test
