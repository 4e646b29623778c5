// SPDX-License-Identifier: Apache-2.0
// A refusal of the core in the words of the window.
#include "ui/bridge/user_message.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QStringList>

namespace sinkscope::ui {

namespace {

QString text(const std::string &value)
{
    return QString::fromStdString(value);
}

QString sentence(QString clause)
{
    if (clause.isEmpty())
        return clause;
    clause[0] = clause[0].toUpper();
    const QChar last = clause[clause.size() - 1];
    if (last != QLatin1Char('.') && last != QLatin1Char('!') && last != QLatin1Char('?'))
        clause += QLatin1Char('.');
    return clause;
}

QString translated(const char *source)
{
    return QCoreApplication::translate("UserMessage", source);
}

} // namespace

QString UserMessage::oneLine() const
{
    QStringList parts {title};
    for (const QString &part : {cause, wayOut}) {
        if (!part.isEmpty())
            parts << part;
    }
    return parts.join(QLatin1Char(' ')).simplified();
}

UserMessage userMessage(const QString &title, const ErrorParts &error)
{
    UserMessage message;
    message.title = sentence(title);
    QStringList cause;
    QString lead;
    if (!error.file.empty())
        lead = QFileInfo(text(error.file)).fileName();
    if (!error.place.empty())
        lead += lead.isEmpty() ? text(error.place) : QStringLiteral(", ") + text(error.place);
    cause << (lead.isEmpty() ? sentence(text(error.what))
                             : lead + QStringLiteral(": ") + sentence(text(error.what)));
    if (!error.given.empty())
        cause << translated("Given: %1.").arg(text(error.given));
    if (!error.expected.empty())
        cause << translated("Expected: %1.").arg(text(error.expected));
    message.cause = cause.join(QLatin1Char(' '));
    message.wayOut = sentence(text(error.wayOut));

    QStringList details {message.title};
    const auto add = [&details](const char *name, const std::string &value) {
        if (!value.empty())
            details << translated(name) + QStringLiteral(": ") + text(value);
    };
    add(QT_TRANSLATE_NOOP("UserMessage", "What"), error.what);
    add(QT_TRANSLATE_NOOP("UserMessage", "File"), error.file);
    add(QT_TRANSLATE_NOOP("UserMessage", "Place"), error.place);
    add(QT_TRANSLATE_NOOP("UserMessage", "Given"), error.given);
    add(QT_TRANSLATE_NOOP("UserMessage", "Expected"), error.expected);
    add(QT_TRANSLATE_NOOP("UserMessage", "Way out"), error.wayOut);
    message.details = details.join(QLatin1Char('\n'));
    return message;
}

} // namespace sinkscope::ui
