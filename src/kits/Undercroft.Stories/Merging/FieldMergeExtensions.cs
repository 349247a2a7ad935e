namespace Undercroft.Stories;

/// <summary>The lists that stories and passages both have.</summary>
internal static class FieldMergeExtensions
{
    extension(FieldMerge fields)
    {
        /// <summary>Merges fields the model has no name for.</summary>
        public IReadOnlyList<StoryField> StoryFields(
            IReadOnlyList<StoryField> before, IReadOnlyList<StoryField> local, IReadOnlyList<StoryField> remote) =>
            fields.Keyed(
                "fields",
                before,
                local,
                remote,
                static field => field.Name,
                static values => values is null ? null : string.Join('\n', values.Select(static field =>
                    field.IsJson ? "json:" + field.Value : field.Value)));

        /// <summary>Merges what could not be understood.</summary>
        public IReadOnlyDictionary<string, string> Extensions(
            IReadOnlyDictionary<string, string> before,
            IReadOnlyDictionary<string, string> local,
            IReadOnlyDictionary<string, string> remote)
        {
            if (ReferenceEquals(local, remote) || local.Count + remote.Count == 0)
            {
                return local;
            }

            var pairs = fields.Keyed<KeyValuePair<string, string>>(
                "extensions",
                [.. before],
                [.. local],
                [.. remote],
                static pair => pair.Key,
                static values => values?.First().Value);
            return pairs.ToDictionary(StringComparer.Ordinal);
        }
    }
}
