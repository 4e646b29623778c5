// SPDX-License-Identifier: Apache-2.0
// What can be chosen in the preferences.
#pragma once

#include <QtCore/QString>

#include <cstdint>
#include <optional>

namespace sinkscope::ui {

enum class ThemeChoice { System, Light, Dark };

/// In what entropies, margins and divergences are written.
enum class EntropyChoice { Nats, Bits };

/// Of pictures while something is dragged, where the tile unit multiplies: with fewer bf16 terms and right to
/// some 2^-17, or as everything that is reported. Elsewhere all are exact.
enum class DragPrecision { Preview, Exact };

/// Everything that is not chosen is automatic. A value.
struct PreferenceValues {
    ThemeChoice theme = ThemeChoice::System;
    QString colourMap; ///< name of the sequential map; empty: the usual one
    EntropyChoice entropyUnit = EntropyChoice::Nats;
    int threads = 0; ///< 0: one per processor
    std::optional<std::uint64_t> captureBytes; ///< for captured attention; nothing: from the free memory
    std::optional<std::uint64_t> answerBytes; ///< for earlier answers; nothing: kUsualAnswerBytes
    std::optional<std::uint64_t> pictureBytes; ///< for tiles of the head's map; nothing: kUsualPictureBytes
    DragPrecision dragPrecision = DragPrecision::Preview;
    QString modelFolder; ///< where models are looked for; empty: where the last one was

    bool operator==(const PreferenceValues &) const = default;
};

} // namespace sinkscope::ui
