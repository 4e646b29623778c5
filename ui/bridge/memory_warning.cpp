// SPDX-License-Identifier: Apache-2.0
// Compares the estimate of the core with the free memory.
#include "ui/bridge/memory_warning.h"

#include "core/model/model.h"
#include "core/weights/open_weights.h"
#include "core/weights/weight_source.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QLocale>

namespace sinkscope::ui {

namespace {

constexpr int kUsualTokens = 512; // of a prompt that is not known yet

QString translated(const char *text)
{
    return QCoreApplication::translate("MemoryWarning", text);
}

} // namespace

std::optional<UserMessage> memoryWarningOrNull(const QString &path, std::optional<std::uint64_t> available)
{
    if (!available)
        return std::nullopt;
    try {
        const auto source = openWeights(path.toStdString());
        const std::size_t needed = estimateMemory(
            readModelConfig(*source), source->fileBytes(), usualLoadOptions(*source), kUsualTokens)
                                       .totalBytes();
        if (needed <= *available)
            return std::nullopt;
        const QLocale locale;
        UserMessage message;
        message.title = translated("%1 may not fit in memory").arg(QFileInfo(path).fileName());
        message.cause = translated("It needs about %1; %2 are free.")
                            .arg(locale.formattedDataSize(static_cast<qint64>(needed)),
                                locale.formattedDataSize(static_cast<qint64>(*available)));
        message.wayOut =
            translated("Close other programs or choose a smaller model. Loaded anyway, the machine "
                       "may become slow or end the program.");
        message.details = message.oneLine();
        return message;
    } catch (const Error &) {
        return std::nullopt;
    }
}

} // namespace sinkscope::ui
