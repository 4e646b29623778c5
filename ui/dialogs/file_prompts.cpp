// SPDX-License-Identifier: Apache-2.0
// Real file and message boxes.
#include "ui/dialogs/file_prompts.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QFileInfo>
#include <QtCore/QLocale>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QScreen>
#include <QtGui/QTextDocument>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QInputDialog>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTextBrowser>
#include <QtWidgets/QTreeView>
#include <QtWidgets/QVBoxLayout>

#include <cmath>
#include <utility>

namespace sinkscope::ui {

namespace {

enum Column { kNameColumn, kSizeColumn, kKindColumn, kDateColumn }; ///< of Qt's list of files

QString translated(const char *text)
{
    return QCoreApplication::translate("FilePrompts", text);
}

/// Sizes and dates stand whole, the window being as wide as that takes. A dialog of the desktop has no list.
void widenColumns(QFileDialog &dialog)
{
    auto *list = dialog.findChild<QTreeView *>(QStringLiteral("treeView"));
    if (!list)
        return;
    const QFontMetrics metrics = list->fontMetrics();
    const int gap = 4 * metrics.horizontalAdvance(QLatin1Char('0'));
    const std::pair<int, QString> samples[] = {{kNameColumn, QString(40, QLatin1Char('n'))},
        {kSizeColumn, QStringLiteral("9,999.99 MiB")}, {kKindColumn, QStringLiteral("gguf File")},
        {kDateColumn,
            QLocale().toString(QDateTime(QDate(2028, 12, 28), QTime(22, 58)), QLocale::ShortFormat)}};
    int needed = 0;
    for (const auto &[column, sample] : samples) {
        const int width = metrics.horizontalAdvance(sample) + gap;
        list->header()->setSectionResizeMode(column, QHeaderView::Interactive);
        list->setColumnWidth(column, width);
        needed += width;
    }
    const int more = needed - list->viewport()->width();
    const QSize room = QGuiApplication::primaryScreen()->availableSize() - QSize(2 * gap, 2 * gap);
    if (more > 0)
        dialog.resize(QSize(dialog.width() + more, dialog.height()).boundedTo(room));
}

/// A box that says something, deleted when it is closed.
QMessageBox *messageBox(
    QWidget *parent, const QString &heading, const UserMessage &message, const char *objectName)
{
    auto *box = new QMessageBox(QMessageBox::Warning, heading, message.title, QMessageBox::NoButton, parent);
    box->setObjectName(QLatin1String(objectName));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(
        message.wayOut.isEmpty() ? message.cause : message.cause + QStringLiteral("\n\n") + message.wayOut);
    return box;
}

void showBox(QWidget *parent, const QString &heading, const UserMessage &message, const char *objectName)
{
    QMessageBox *box = messageBox(parent, heading, message, objectName);
    box->setEscapeButton(box->addButton(QMessageBox::Close));
    box->open();
}

/// As large as all of `page` needs, or as the screen allows: then it scrolls.
void sizeToPage(QDialog &box, QTextBrowser &page)
{
    constexpr int kLetters = 110; // of the longest lines
    constexpr int kAround = 100; // px: margins, the button, the window's frame
    QTextDocument whole; // that of the page is as wide as the page
    whole.setDefaultFont(page.font());
    whole.setHtml(page.toHtml());
    whole.setTextWidth(page.fontMetrics().averageCharWidth() * kLetters);
    const QSize text(static_cast<int>(whole.textWidth()), static_cast<int>(std::ceil(whole.size().height())));
    const QSize room = QGuiApplication::primaryScreen()->availableSize() - QSize(kAround, kAround);
    box.resize((text + QSize(kAround / 2, kAround)).boundedTo(room));
}

class BoxPrompts : public FilePrompts {
public:
    void askModelFile(
        QWidget *parent, const QString &folder, std::function<void(const QString &)> chosen) override
    {
        auto *dialog = new QFileDialog(
            parent, translated("Open a model"), folder, translated("Model files (*.gguf);;All files (*)"));
        dialog->setObjectName(QStringLiteral("openModelDialog"));
        dialog->setFileMode(QFileDialog::ExistingFile);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        QObject::connect(dialog, &QFileDialog::fileSelected, dialog, std::move(chosen));
        dialog->open();
        widenColumns(*dialog);
    }

    void askFolder(
        QWidget *parent, const QString &folder, std::function<void(const QString &)> chosen) override
    {
        auto *dialog = new QFileDialog(parent, translated("Folder of models"), folder);
        dialog->setObjectName(QStringLiteral("folderDialog"));
        dialog->setFileMode(QFileDialog::Directory);
        dialog->setOption(QFileDialog::ShowDirsOnly);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        QObject::connect(dialog, &QFileDialog::fileSelected, dialog, std::move(chosen));
        dialog->open();
        widenColumns(*dialog);
    }

    void showLoadError(
        QWidget *parent, const UserMessage &message, std::function<void()> openAnother) override
    {
        QMessageBox *box = messageBox(parent, translated("Open a model"), message, "loadErrorBox");
        QPushButton *another = box->addButton(translated("Open another..."), QMessageBox::ActionRole);
        another->setObjectName(QStringLiteral("openAnotherButton"));
        QPushButton *copy = box->addButton(translated("Copy details"), QMessageBox::ActionRole);
        copy->setObjectName(QStringLiteral("copyDetailsButton"));
        copy->disconnect(); // copying leaves the box open
        QObject::connect(copy, &QPushButton::clicked, box,
            [details = message.details] { QGuiApplication::clipboard()->setText(details); });
        box->setEscapeButton(box->addButton(QMessageBox::Close));
        QObject::connect(another, &QPushButton::clicked, box, std::move(openAnother));
        box->open();
    }

    void askLoadAnyway(QWidget *parent, const UserMessage &message, std::function<void()> loadAnyway) override
    {
        QMessageBox *box = messageBox(parent, translated("Open a model"), message, "memoryWarningBox");
        QPushButton *load = box->addButton(translated("Load anyway"), QMessageBox::AcceptRole);
        load->setObjectName(QStringLiteral("loadAnywayButton"));
        QPushButton *cancel = box->addButton(QMessageBox::Cancel);
        box->setDefaultButton(cancel);
        box->setEscapeButton(cancel);
        QObject::connect(load, &QPushButton::clicked, box, std::move(loadAnyway));
        box->open();
    }

    void askSessionFile(QWidget *parent, SessionFileUse use, const QString &path,
        std::function<void(const QString &)> chosen) override
    {
        const bool isSave = use == SessionFileUse::Save;
        auto *dialog =
            new QFileDialog(parent, isSave ? translated("Save the session as") : translated("Open a session"),
                path, translated("Sessions (*.sinkscope);;All files (*)"));
        dialog->setObjectName(
            isSave ? QStringLiteral("saveSessionDialog") : QStringLiteral("openSessionDialog"));
        dialog->setAcceptMode(isSave ? QFileDialog::AcceptSave : QFileDialog::AcceptOpen);
        dialog->setFileMode(isSave ? QFileDialog::AnyFile : QFileDialog::ExistingFile);
        dialog->setDefaultSuffix(QStringLiteral("sinkscope"));
        if (isSave)
            dialog->selectFile(path);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        QObject::connect(dialog, &QFileDialog::fileSelected, dialog, std::move(chosen));
        dialog->open();
        widenColumns(*dialog);
    }

    void askRecover(
        QWidget *parent, const UserMessage &message, std::function<void(LeftWork)> answered) override
    {
        QMessageBox *box = messageBox(parent, translated("Session"), message, "recoverBox");
        QPushButton *recover = box->addButton(translated("&Recover"), QMessageBox::AcceptRole);
        recover->setObjectName(QStringLiteral("recoverButton"));
        QPushButton *discard = box->addButton(translated("&Discard"), QMessageBox::DestructiveRole);
        discard->setObjectName(QStringLiteral("discardButton"));
        QPushButton *later = box->addButton(translated("Decide &later"), QMessageBox::RejectRole);
        box->setDefaultButton(recover);
        box->setEscapeButton(later);
        QObject::connect(recover, &QPushButton::clicked, box, [answered] { answered(LeftWork::Recover); });
        QObject::connect(discard, &QPushButton::clicked, box, [answered] { answered(LeftWork::Discard); });
        box->open();
    }

    void askOpenCopy(QWidget *parent, const UserMessage &message, std::function<void()> openCopy) override
    {
        QMessageBox *box = messageBox(parent, translated("Session"), message, "openCopyBox");
        QPushButton *copy = box->addButton(translated("Open a &copy"), QMessageBox::AcceptRole);
        copy->setObjectName(QStringLiteral("openCopyButton"));
        QPushButton *cancel = box->addButton(QMessageBox::Cancel);
        box->setDefaultButton(copy);
        box->setEscapeButton(cancel);
        QObject::connect(copy, &QPushButton::clicked, box, std::move(openCopy));
        box->open();
    }

    void showSessionError(QWidget *parent, const UserMessage &message) override
    {
        showBox(parent, translated("Session"), message, "sessionErrorBox");
    }

    void askFile(QWidget *parent, const FileQuestion &question,
        std::function<void(const QString &path)> chosen) override
    {
        const bool isSave = question.use == FileUse::Save;
        auto *dialog = new QFileDialog(
            parent, question.title, question.path, question.filters.join(QStringLiteral(";;")));
        dialog->setObjectName(isSave ? QStringLiteral("exportDialog") : QStringLiteral("importDialog"));
        dialog->setAcceptMode(isSave ? QFileDialog::AcceptSave : QFileDialog::AcceptOpen);
        dialog->setFileMode(isSave ? QFileDialog::AnyFile : QFileDialog::ExistingFile);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        if (isSave) {
            dialog->selectFile(question.path);
            const auto takeEnding = [dialog](const QString &filter) {
                dialog->setDefaultSuffix(filter.section(QStringLiteral("*."), 1).chopped(1));
            };
            takeEnding(question.filters.value(0));
            QObject::connect(dialog, &QFileDialog::filterSelected, dialog, takeEnding);
            QObject::connect(dialog, &QFileDialog::filterSelected, dialog, [dialog] { // the name follows
                const QFileInfo named(dialog->selectedFiles().value(0));
                dialog->selectFile(named.completeBaseName() + QLatin1Char('.') + dialog->defaultSuffix());
            });
        }
        QObject::connect(dialog, &QFileDialog::fileSelected, dialog, std::move(chosen));
        dialog->open();
        widenColumns(*dialog);
    }

    void askFactor(QWidget *parent, const QString &words, std::function<void(double factor)> chosen) override
    {
        auto *dialog = new QInputDialog(parent);
        dialog->setObjectName(QStringLiteral("factorDialog"));
        dialog->setWindowTitle(translated("Factor"));
        dialog->setLabelText(words);
        dialog->setInputMode(QInputDialog::DoubleInput);
        dialog->setDoubleRange(0.0, 100.0);
        dialog->setDoubleDecimals(3);
        dialog->setDoubleValue(1.0);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        QObject::connect(dialog, &QInputDialog::doubleValueSelected, dialog, std::move(chosen));
        dialog->open();
    }

    void askName(QWidget *parent, const QString &words, const QString &suggested,
        std::function<void(const QString &name)> chosen) override
    {
        auto *dialog = new QInputDialog(parent);
        dialog->setObjectName(QStringLiteral("nameDialog"));
        dialog->setWindowTitle(translated("Name"));
        dialog->setLabelText(words);
        dialog->setInputMode(QInputDialog::TextInput);
        dialog->setTextValue(suggested);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        QObject::connect(dialog, &QInputDialog::textValueSelected, dialog,
            [chosen = std::move(chosen)](const QString &text) {
                if (!text.trimmed().isEmpty())
                    chosen(text.trimmed());
            });
        dialog->open();
    }

    void showError(QWidget *parent, const UserMessage &message) override
    {
        showBox(parent, translated("Sinkscope"), message, "errorBox");
    }

    void showPage(QWidget *parent, const QString &title, const QString &richText) override
    {
        auto *box = new QDialog(parent);
        box->setObjectName(QStringLiteral("pageBox"));
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->setWindowTitle(title);
        auto *page = new QTextBrowser(box);
        page->setObjectName(QStringLiteral("pageText"));
        page->setAccessibleName(title);
        page->setFrameShape(QFrame::NoFrame);
        page->setHtml(richText);
        auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, box);
        QObject::connect(buttons, &QDialogButtonBox::rejected, box, &QDialog::reject);
        auto *column = new QVBoxLayout(box);
        column->addWidget(page);
        column->addWidget(buttons);
        sizeToPage(*box, *page);
        buttons->button(QDialogButtonBox::Close)->setFocus();
        box->open();
    }
};

} // namespace

std::unique_ptr<FilePrompts> makeFilePrompts()
{
    return std::make_unique<BoxPrompts>();
}

} // namespace sinkscope::ui
