using System.Diagnostics;
using System.Globalization;
using System.Text;
using Undercroft.Stories;

namespace Undercroft.Bench;

/// <summary>The story readers against Extwee, a JavaScript library, on a story of 10,000 passages. It needs Node and
/// <c>npm install --prefix bench/peers</c>.</summary>
internal static class StoryGates
{
    private const int Passages = 10_000;

    public static IReadOnlyList<Gate> All { get; } =
    [
        new Gate(
            "twee-read",
            "read 10,000 passages of Twee 3 / Extwee",
            1.0 / 3,
            IsSpeedUp: false,
            context => PrepareAsync(context, "twee", Twee(), file => TweeReader.Read(file))),
        new Gate(
            "html-read",
            "read 10,000 passages of Twine 2 HTML / Extwee",
            1.0 / 4,
            IsSpeedUp: false,
            context => PrepareAsync(context, "html", Html(), file => TwineHtmlReader.Read(file))),
    ];

    private static async ValueTask<Contest> PrepareAsync(
        GateContext context, string kind, string text, Func<ReadOnlyMemory<byte>, StoryReadResult> read)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var path = context.PathOf("story." + kind);
        await File.WriteAllBytesAsync(path, bytes);
        var peer = Process.Start(new ProcessStartInfo("node", ["bench/peers/extwee.mjs", kind, path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        return new Contest(
            () =>
            {
                var story = read(bytes).Stories[0];
                return story.Passages.Count == Passages
                    ? default
                    : throw new InvalidOperationException($"We read {story.Passages.Count} passages.");
            },
            async () =>
            {
                await peer.StandardInput.WriteLineAsync("go");
                await peer.StandardInput.FlushAsync();
                var answer = await peer.StandardOutput.ReadLineAsync();
                if (answer != Passages.ToString(CultureInfo.InvariantCulture))
                {
                    throw new InvalidOperationException($"Extwee answers '{answer}'; is it installed?");
                }
            },
            1,
            1,
            async () =>
            {
                peer.StandardInput.Close();
                await peer.WaitForExitAsync();
                peer.Dispose();
            });
    }

    private static string Twee()
    {
        var text = new StringBuilder(
            ":: StoryTitle\nTen thousand rooms\n\n:: StoryData\n" +
            """
            {"ifid":"6B2F6A47-30F2-4972-A1AA-A6261943AAEB","format":"Harlowe","format-version":"3.3.9",
            "start":"Room 0"}
            """ + "\n\n");
        for (var i = 0; i < Passages; i++)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $":: Room {i} [room floor-{i % 9}] ")
                .Append(CultureInfo.InvariantCulture, $$"""{"position":"{{i % 100 * 100}},{{i / 100 * 100}}",""")
                .Append("\"size\":\"100,100\"}")
                .Append('\n')
                .Append(Body(i, "->"))
                .Append("\n\n");
        }

        return text.ToString();
    }

    private static string Html()
    {
        var text = new StringBuilder(
            "<html><body><tw-storydata name=\"Ten thousand rooms\" startnode=\"1\" creator=\"Twine\" " +
            "creator-version=\"2.11.1\" ifid=\"6B2F6A47-30F2-4972-A1AA-A6261943AAEB\" format=\"Harlowe\" " +
            "format-version=\"3.3.9\" options=\"\" tags=\"\" zoom=\"1\" hidden>");
        for (var i = 0; i < Passages; i++)
        {
            _ = text.Append(
                    CultureInfo.InvariantCulture,
                    $"<tw-passagedata pid=\"{i + 1}\" name=\"Room {i}\" tags=\"room floor-{i % 9}\" ")
                .Append(CultureInfo.InvariantCulture, $"position=\"{i % 100 * 100},{i / 100 * 100}\" size=\"100,100\">")
                .Append(Body(i, "-&gt;"))
                .Append("</tw-passagedata>");
        }

        return text.Append("</tw-storydata></body></html>").ToString();
    }

    private static string Body(int i, string arrow)
    {
        var text = new StringBuilder();
        for (var line = 0; line < 6; line++)
        {
            _ = text
                .Append(CultureInfo.InvariantCulture, $"Line {line} of room {i}: the lamp throws its light on ")
                .Append(CultureInfo.InvariantCulture, $"shelves that nobody has dusted since {1700 + (i % 300)}.\n");
        }

        return text
            .Append(CultureInfo.InvariantCulture, $"[[Go up{arrow}Room {(i + 1) % Passages}]]\n")
            .Append(CultureInfo.InvariantCulture, $"[[Go down{arrow}Room {(i * 7) % Passages}]]")
            .ToString();
    }
}
