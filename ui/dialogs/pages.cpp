// SPDX-License-Identifier: Apache-2.0
// Texts of the help pages.
#include "ui/dialogs/pages.h"

#include "core/base/version.h"
#include "core/tensor/gemm.h"

#include <QtCore/QCoreApplication>

#include <array>

namespace sinkscope::ui {

namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("Pages", text);
}

struct KeyLine {
    const char *keys;
    const char *meaning;
};

constexpr std::array kKeys {
    KeyLine {"Ctrl+1, Ctrl+2, Ctrl+3",
        QT_TRANSLATE_NOOP("Pages", "one head (Explore), all heads (Heads), two states (Compare)")},
    KeyLine {
        "Arrows", QT_TRANSLATE_NOOP("Pages", "another head or layer, in the map of heads and side by side")},
    KeyLine {"PgUp, PgDn, Home, End",
        QT_TRANSLATE_NOOP(
            "Pages", "4 layers at a time, first and last head, in the map of heads and side by side")},
    KeyLine {"[ ]", QT_TRANSLATE_NOOP("Pages", "factor down and up (with Shift: fine steps)")},
    KeyLine {"PgUp, PgDn, Home, End",
        QT_TRANSLATE_NOOP("Pages", "coarse steps up and down, off and 100, on the slider of the factor")},
    KeyLine {"0", QT_TRANSLATE_NOOP("Pages", "factor 1")},
    KeyLine {"O", QT_TRANSLATE_NOOP("Pages", "factor off: the initial token is not attended to")},
    KeyLine {"M", QT_TRANSLATE_NOOP("Pages", "mute: switch the edits of the selected heads off and on")},
    KeyLine {
        "S", QT_TRANSLATE_NOOP("Pages", "solo: the edits of the selected heads act alone, or no longer")},
    KeyLine {"Space", QT_TRANSLATE_NOOP("Pages", "baseline and edited in turn; A and B in Compare")},
    KeyLine {"A", QT_TRANSLATE_NOOP("Pages", "pin the present state as A of Compare (Esc there: let it go)")},
    KeyLine {"D", QT_TRANSLATE_NOOP("Pages", "difference of both")},
    KeyLine {"L", QT_TRANSLATE_NOOP("Pages", "linear or log colours")},
    KeyLine {"B", QT_TRANSLATE_NOOP("Pages", "key 0 on its own scale or on that of all keys")},
    KeyLine {"N", QT_TRANSLATE_NOOP("Pages", "next edited head")},
    KeyLine {"P", QT_TRANSLATE_NOOP("Pages", "pin the cell under the pointer")},
    KeyLine {"Shift+P, Ctrl+click",
        QT_TRANSLATE_NOOP("Pages", "keep a cell pinned beside others, or let it go, in the head's map")},
    KeyLine {"Alt+Arrows",
        QT_TRANSLATE_NOOP("Pages", "another cell of the head's map, another query of its lines")},
    KeyLine {
        "+ -", QT_TRANSLATE_NOOP("Pages", "larger and smaller tokens in the head's map (also Ctrl+wheel)")},
    KeyLine {"+ -, Enter",
        QT_TRANSLATE_NOOP("Pages", "size of the heads side by side; open the selected one large")},
    KeyLine {"Z", QT_TRANSLATE_NOOP("Pages", "all of the head's map (also Ctrl+0)")},
    KeyLine {"Ctrl+Arrows, wheel",
        QT_TRANSLATE_NOOP("Pages",
            "move in a zoomed map (Shift+wheel: sideways; or drag with the middle button or with Space)")},
    KeyLine {"C",
        QT_TRANSLATE_NOOP(
            "Pages", "below the head's map: weights of one row, or attention that keys receive")},
    KeyLine {"T", QT_TRANSLATE_NOOP("Pages", "table of the strongest and the pinned cells")},
    KeyLine {"F2, Enter",
        QT_TRANSLATE_NOOP("Pages", "edit the prompt; Return runs it, Shift+Return starts a line")},
    KeyLine {"Esc",
        QT_TRANSLATE_NOOP("Pages", "release what is pinned, then what is kept beside it; leave the editor")},
    KeyLine {"/, Ctrl+F", QT_TRANSLATE_NOOP("Pages", "find a token of the prompt")},
    KeyLine {
        "Ctrl+G", QT_TRANSLATE_NOOP("Pages", "generate text after the prompt, without and with the edits")},
    KeyLine {
        "Enter", QT_TRANSLATE_NOOP("Pages", "in a generated text: the text up to there becomes the prompt")},
    KeyLine {"Ctrl+Z, Ctrl+Shift+Z", QT_TRANSLATE_NOOP("Pages", "undo and redo")},
    KeyLine {"Ctrl+C, Ctrl+Shift+C", QT_TRANSLATE_NOOP("Pages", "copy the value of the cell, copy its row")},
    KeyLine {"Ctrl+Shift+F, Ctrl+Shift+V",
        QT_TRANSLATE_NOOP("Pages", "copy the factors of the selected heads, paste them to others")},
    KeyLine {"Ctrl+Shift+B", QT_TRANSLATE_NOOP("Pages", "paste factors to the heads that they name")},
    KeyLine {"Ctrl+Shift+R",
        QT_TRANSLATE_NOOP("Pages", "random control: the same factors on as many other heads")},
    KeyLine {"Ctrl+P", QT_TRANSLATE_NOOP("Pages", "pin the figures on screen in the session")},
    KeyLine {
        "Ctrl+S, Ctrl+Shift+S", QT_TRANSLATE_NOOP("Pages", "save the session, save it under another name")},
    KeyLine {"Ctrl+N, Ctrl+Shift+O", QT_TRANSLATE_NOOP("Pages", "new session, open a session")},
    KeyLine {"Ctrl+O", QT_TRANSLATE_NOOP("Pages", "open a model")},
    KeyLine {"Ctrl+,", QT_TRANSLATE_NOOP("Pages", "preferences")},
    KeyLine {"Ctrl+Q", QT_TRANSLATE_NOOP("Pages", "quit")},
};

QString namesOf(const std::vector<GemmBackend> &backends)
{
    QStringList names;
    for (const GemmBackend backend : backends) {
        const std::string_view name = gemmBackendName(backend);
        names += QString::fromLatin1(name.data(), static_cast<int>(name.size()));
        if (backend == GemmBackend::Packed)
            names.back() += QStringLiteral(" (%1)").arg(QString::fromStdString(packedInstructionSet()));
    }
    return names.join(QStringLiteral(", "));
}

/// Who can multiply on this processor, and why the tile unit cannot.
QString productsLine()
{
    const QString usable = translated("Products with the weights run here on, best first: %1. Built in: %2.")
                               .arg(namesOf(usableGemmBackends()), namesOf(builtGemmBackends()));
    const QString absence = QString::fromStdString(amxAbsence());
    return absence.isEmpty() ? usable : usable + translated(" No amx: %1.").arg(absence);
}

} // namespace

QString keysPage()
{
    // Two columns: one would be higher than a small screen.
    constexpr std::size_t kRows = (kKeys.size() + 1) / 2;
    QString page = QStringLiteral("<table width=\"100%\" cellspacing=\"0\" cellpadding=\"3\">");
    for (std::size_t row = 0; row < kRows; ++row) {
        page += QStringLiteral("<tr>");
        for (std::size_t place = row; place < kKeys.size(); place += kRows)
            page += QStringLiteral("<td><b>%1</b>&nbsp;&nbsp;</td><td>%2&nbsp;&nbsp;</td>")
                        .arg(QString::fromLatin1(kKeys[place].keys).toHtmlEscaped(),
                            translated(kKeys[place].meaning));
        page += QStringLiteral("</tr>");
    }
    return page + QStringLiteral("</table>");
}

QString aboutPage()
{
    return QStringLiteral("<h3>Sinkscope %1</h3><p>%2</p><p>%3</p><p>%4</p><p>%5</p><p>%6</p>")
        .arg(QLatin1String(kVersion),
            translated(
                "Shows how a language model attends, and lets you turn each head's attention to the initial "
                "token while you watch what changes."),
            translated(
                "Attention is not an explanation: a weight says what a head reads, not what the answer rests "
                "on."),
            translated(
                "Its sources are under the Apache License 2.0. Qt Charts, which the window uses, is under "
                "the "
                "GNU General Public License 3.0; a window program that is passed on is therefore under that "
                "licence as a whole. The command line does not use it."),
            translated("Method: ZeroTuning, arXiv 2505.11739."), productsLine());
}

} // namespace sinkscope::ui
