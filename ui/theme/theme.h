// SPDX-License-Identifier: Apache-2.0
// The look of the window as one value: mode, colours, colour maps, fonts.
#pragma once

#include "ui/theme/colour_maps.h"
#include "ui/theme/palette.h"
#include "ui/theme/type_sizes.h"

class QApplication;

namespace sinkscope::ui {

/// Handed to every painted view by setTheme(). Threads: GUI thread. Validity: a value, holds no pointers.
class Theme {
public:
    /// Light, viridis, text size 1.
    Theme();
    Theme(ThemeMode mode, SequentialMap map, double textScale);

    ThemeMode mode() const { return m_mode; }
    bool isDark() const { return m_mode == ThemeMode::Dark; }
    SequentialMap mapChoice() const { return m_mapChoice; }
    const ThemeColours &colours() const { return m_colours; }
    const ColourMap &attentionMap() const
    {
        return m_attention;
    } ///< between other tokens, and other sequential measures
    const ColourMap &sink() const { return m_sink; } ///< attention to key 0, 0..1
    const ColourMap &diverging() const { return m_diverging; } ///< differences, ln gamma; 0.5 = zero
    const TypeSizes &type() const { return m_type; }
    QPalette palette() const { return makePalette(m_colours); }

private:
    ThemeMode m_mode = ThemeMode::Light;
    SequentialMap m_mapChoice = SequentialMap::Viridis;
    ThemeColours m_colours;
    ColourMap m_attention;
    ColourMap m_sink;
    ColourMap m_diverging;
    TypeSizes m_type;
};

/// Sets style, palette and font of the whole application. The style is installed once; later calls change the
/// rest.
void applyTheme(QApplication &application, const Theme &theme);

} // namespace sinkscope::ui
