// SPDX-License-Identifier: Apache-2.0
// The curves that can be chosen, by name.
#include "ui/state/curve_kinds.h"

#include <algorithm>

namespace sinkscope::ui {

namespace {

QString nameOf(CurveKind kind)
{
    switch (kind) {
    case CurveKind::OutputEntropy:
        return QStringLiteral("outputEntropy");
    case CurveKind::Answers:
        return QStringLiteral("answers");
    case CurveKind::Margin:
        return QStringLiteral("margin");
    case CurveKind::AttentionEntropy:
        return QStringLiteral("attentionEntropy");
    case CurveKind::SinkMass:
        return QStringLiteral("sinkMass");
    case CurveKind::Divergence:
        break;
    }
    return QStringLiteral("divergence");
}

} // namespace

std::vector<CurveKind> usualCurves()
{
    constexpr int kUsual = 4;
    return {kCurveKinds.begin(), kCurveKinds.begin() + kUsual};
}

QStringList curveNames(const std::vector<CurveKind> &kinds)
{
    QStringList names;
    for (const CurveKind kind : kCurveKinds) {
        if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end())
            names += nameOf(kind);
    }
    return names;
}

std::vector<CurveKind> curvesFromNames(const QStringList &names)
{
    std::vector<CurveKind> kinds;
    for (const CurveKind kind : kCurveKinds) {
        if (names.contains(nameOf(kind)))
            kinds.push_back(kind);
    }
    return kinds.empty() ? usualCurves() : kinds;
}

} // namespace sinkscope::ui
