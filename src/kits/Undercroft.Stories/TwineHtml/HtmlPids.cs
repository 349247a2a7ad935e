using System.Globalization;

namespace Undercroft.Stories;

/// <summary>Gives every passage its <c>pid</c>: the one its source has, or the next free number.</summary>
internal static class HtmlPids
{
    /// <summary>One pid per element of the story's list; empty for scripts and stylesheets.</summary>
    public static string[] Of(Story story)
    {
        var pids = new string[story.Passages.Count];
        var used = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < pids.Length; i++)
        {
            var passage = story.Passages[i];
            pids[i] = passage is { Kind: PassageKind.Passage, Source.Format: StoryFormats.TwineHtml }
                ? HtmlTag.Parse(passage.Source.Header)["pid"] ?? ""
                : "";
            _ = pids[i].Length > 0 && used.TryAdd(pids[i], i);
        }

        var next = 1;
        for (var i = 0; i < pids.Length; i++)
        {
            var passage = story.Passages[i];
            var isSecondStart = passage.Id == story.StartId && pids[i].Length > 0 && used[pids[i]] != i;
            var isNew = passage.Source?.Format != StoryFormats.TwineHtml;
            if (passage.Kind != PassageKind.Passage || (pids[i].Length > 0 && !isSecondStart)
                || (!isNew && passage.Id != story.StartId))
            {
                continue;
            }

            string free;
            do
            {
                free = next.ToString(CultureInfo.InvariantCulture);
                next++;
            }
            while (!used.TryAdd(free, i) || free == story.StartUnresolved);

            pids[i] = free;
        }

        return pids;
    }
}
