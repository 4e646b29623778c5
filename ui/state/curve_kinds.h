// SPDX-License-Identifier: Apache-2.0
// Which curves stand under the slider.
#pragma once

#include <QtCore/QStringList>

#include <array>
#include <vector>

namespace sinkscope::ui {

enum class CurveKind { OutputEntropy, Answers, AttentionEntropy, Margin, SinkMass, Divergence };

/// In the order in which they stand, whatever the size of the window.
inline constexpr std::array kCurveKinds {CurveKind::OutputEntropy, CurveKind::Answers,
    CurveKind::AttentionEntropy, CurveKind::Margin, CurveKind::SinkMass, CurveKind::Divergence};

/// The first four, before anything was chosen.
std::vector<CurveKind> usualCurves();
/// As the settings keep them, and back: in the order of kCurveKinds; unknown names are left out, and with
/// none left the usual ones are shown.
QStringList curveNames(const std::vector<CurveKind> &kinds);
std::vector<CurveKind> curvesFromNames(const QStringList &names);

} // namespace sinkscope::ui
