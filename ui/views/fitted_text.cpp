// SPDX-License-Identifier: Apache-2.0
// Implements texts of several lengths.
#include "ui/views/fitted_text.h"

#include <algorithm>

namespace sinkscope::ui {
namespace {

constexpr int kFewestLetters = 2; ///< of a name that is cut: one and an ellipsis
constexpr int kFewestTellingLetters = 6; ///< where the text can do without names

QString filled(QString form, const QStringList &names)
{
    // One pass over the form: a name may itself contain "%2".
    QString text;
    for (int at = 0; at < form.size(); ++at) {
        const bool isPlace = form[at] == QLatin1Char('%') && at + 1 < form.size() && form[at + 1].isDigit();
        if (!isPlace) {
            text += form[at];
            continue;
        }
        ++at;
        text += names.value(form[at].digitValue() - 1);
    }
    return text;
}

/// `name` with its middle left out, `letters` long at most.
QString shortened(const QString &name, int letters)
{
    if (name.size() <= letters) {
        return name;
    }
    const int behind = (letters - 1) / 2;
    return name.left(letters - 1 - behind) + QChar(0x2026) + name.right(behind);
}

} // namespace

QString FittedText::whole(int form) const
{
    return filled(forms.value(form), names);
}

QString fitted(const FittedText &text, const QFontMetricsF &metrics, double room)
{
    int longest = 0;
    for (const QString &name : text.names) {
        longest = std::max(longest, int(name.size()));
    }
    QStringList forms = text.forms;
    const bool hasNameless =
        !text.names.isEmpty() && !forms.isEmpty() && !forms.last().contains(QLatin1Char('%'));
    const QString nameless = hasNameless ? forms.takeLast() : QString();
    for (int form = 0; form < forms.size(); ++form) {
        QString whole = text.whole(form);
        if (metrics.horizontalAdvance(whole) <= room) {
            return whole;
        }
    }
    const int fewest = hasNameless ? kFewestTellingLetters : kFewestLetters;
    for (int letters = longest - 1; letters >= fewest; --letters) {
        QStringList names;
        for (const QString &name : text.names) {
            names += shortened(name, letters);
        }
        QString cut = filled(forms.value(forms.size() - 1), names);
        if (metrics.horizontalAdvance(cut) <= room) {
            return cut;
        }
    }
    return metrics.elidedText(hasNameless ? nameless : text.whole(forms.size() - 1), Qt::ElideRight, room);
}

} // namespace sinkscope::ui
