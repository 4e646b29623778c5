// SPDX-License-Identifier: Apache-2.0
// Reads numbers, amounts and folders.
#include "ui/dialogs/preference_texts.h"

#include "core/base/byte_size.h"
#include "ui/state/preferences.h"
#include "ui/theme/number_format.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>

namespace sinkscope::ui {

namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("Preferences", text);
}

bool isAutomatic(const QString &text)
{
    return text.isEmpty() || text.compare(translated("automatic"), Qt::CaseInsensitive) == 0;
}

} // namespace

TypedPreference<int> readThreads(const QString &text)
{
    const QString typed = text.trimmed();
    if (isAutomatic(typed))
        return {};
    bool isNumber = false;
    const int threads = typed.toInt(&isNumber);
    if (isNumber && threads >= 1 && threads <= Preferences::kMostThreads)
        return {threads, {}};
    return {{},
        translated("'%1' is no number of threads: 1 to %2, or automatic. The former number stays.")
            .arg(typed)
            .arg(Preferences::kMostThreads)};
}

TypedPreference<std::uint64_t> readAmount(const QString &text, std::optional<std::uint64_t> available)
{
    const QString typed = text.trimmed();
    if (isAutomatic(typed))
        return {};
    const std::optional<std::uint64_t> bytes = parseByteSize(typed.toStdString());
    if (!bytes)
        return {{},
            translated(
                "'%1' is no amount of memory: write 512 MiB or 1.5 GiB, or automatic. The former amount "
                "stays.")
                .arg(typed)};
    if (*bytes < Preferences::kFewestBytes)
        return {{},
            translated("%1 is too little: at least %2. The former amount stays.")
                .arg(typed, formatBytes(Preferences::kFewestBytes))};
    if (available && *bytes > *available)
        return {{},
            translated("%1 is more than the %2 of memory that are free. The former amount stays.")
                .arg(formatBytes(*bytes), formatBytes(*available))};
    return {bytes, {}};
}

TypedPreference<QString> readFolder(const QString &text)
{
    const QString typed = text.trimmed();
    if (typed.isEmpty())
        return {};
    const QFileInfo folder(typed);
    if (folder.isDir())
        return {folder.absoluteFilePath(), {}};
    return {{},
        (folder.exists() ? translated("%1 is a file, not a folder. The former folder stays.")
                         : translated("There is no folder %1. The former folder stays."))
            .arg(typed)};
}

} // namespace sinkscope::ui
