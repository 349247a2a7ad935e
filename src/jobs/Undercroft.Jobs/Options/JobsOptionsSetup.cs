using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Undercroft.Backends;

namespace Undercroft.Jobs;

/// <summary>Reads the settings out of the configuration. By hand: it needs no reflection, and can say which key is
/// wrong.</summary>
internal sealed class JobsOptionsSetup(IConfiguration? configuration = null, TimeProvider? clock = null)
    : IConfigureOptions<JobsOptions>
{
    private static readonly string[] QueueKeys =
        [nameof(JobQueueOptions.Concurrency), nameof(JobQueueOptions.Prefetch)];

    private static readonly Dictionary<string, Action<JobsOptions, string>> Settings =
        new(StringComparer.OrdinalIgnoreCase)
        {
            [nameof(JobsOptions.Name)] = static (to, text) => to.Name = text,
            [nameof(JobsOptions.Lease)] = static (to, text) => to.Lease = Time(text),
            [nameof(JobsOptions.PollInterval)] = static (to, text) => to.PollInterval = Time(text),
            [nameof(JobsOptions.MaintenanceInterval)] = static (to, text) => to.MaintenanceInterval = Time(text),
            [nameof(JobsOptions.DrainTimeout)] = static (to, text) => to.DrainTimeout = Time(text),
            [nameof(JobsOptions.AbandonAfter)] = static (to, text) => to.AbandonAfter = Time(text),
            [nameof(JobsOptions.SettleBatchMax)] = static (to, text) => to.SettleBatchMax = Number(text),
            [nameof(JobsOptions.KeepSucceeded)] = static (to, text) => to.KeepSucceeded = Age(text),
            [nameof(JobsOptions.KeepCancelled)] = static (to, text) => to.KeepCancelled = Age(text),
            [nameof(JobsOptions.KeepDead)] = static (to, text) => to.KeepDead = Age(text),
            [nameof(JobsOptions.RunsJobs)] = static (to, text) => to.RunsJobs = Flag(text),
            [nameof(JobsOptions.RunsSchedules)] = static (to, text) => to.RunsSchedules = Flag(text),
            [nameof(JobsOptions.RunsMaintenance)] = static (to, text) => to.RunsMaintenance = Flag(text),
            [nameof(JobsOptions.ReservesThreads)] = static (to, text) => to.ReservesThreads = Flag(text),
        };

    public void Configure(JobsOptions options)
    {
        options.Clock = clock ?? options.Clock;
        if (configuration is null)
        {
            return;
        }

        var section = configuration.GetSection(JobsOptions.SectionName);
        CheckSection(section, $"{string.Join(", ", Settings.Keys)}, {nameof(options.Queues)}");
        foreach (var child in section.GetChildren())
        {
            if (child.Key.Equals(nameof(JobsOptions.Queues), StringComparison.OrdinalIgnoreCase))
            {
                CheckSection(child, "the name of each queue");
                foreach (var queue in child.GetChildren())
                {
                    options.Queues[queue.Key] = ReadQueue(queue);
                }
            }
            else if (Settings.TryGetValue(child.Key, out var set))
            {
                Set(child, text => set(options, text));
            }
            else
            {
                throw Wrong(
                    child.Path, "is not known", $"{string.Join(", ", Settings.Keys)}, {nameof(options.Queues)}");
            }
        }
    }

    private static JobQueueOptions ReadQueue(IConfigurationSection section)
    {
        CheckSection(section, string.Join(", ", QueueKeys));
        var queue = new JobQueueOptions();
        foreach (var child in section.GetChildren())
        {
            switch (Array.FindIndex(QueueKeys, key => key.Equals(child.Key, StringComparison.OrdinalIgnoreCase)))
            {
                case 0:
                    Set(child, text => queue.Concurrency = Number(text));
                    break;
                case 1:
                    Set(child, text => queue.Prefetch = Number(text));
                    break;
                default:
                    throw Wrong(child.Path, "is not known", string.Join(", ", QueueKeys));
            }
        }

        return queue;
    }

    // A value where a section belongs would be read by nobody.
    private static void CheckSection(IConfigurationSection section, string keys)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            throw Wrong(section.Path, $"is {Names.Show(section.Value)}", $"a section with {keys}");
        }
    }

    private static void Set(IConfigurationSection section, Action<string> set)
    {
        if (section.GetChildren().Any())
        {
            throw Wrong(section.Path, "is a section", "a value");
        }

        try
        {
            set(section.Value ?? "");
        }
        catch (FormatException error)
        {
            throw Wrong(section.Path, $"is {Names.Show(section.Value)}", error.Message);
        }
    }

    private static TimeSpan? Age(string text) =>
        text.Equals("forever", StringComparison.OrdinalIgnoreCase) ? null : Time(text);

    private static TimeSpan Time(string text) => StoreSetting.TryReadDuration(text, out var time)
        ? time
        : throw new FormatException("a time such as '10s', '5m', '12h', '7d' or '00:00:10'");

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException("a whole number such as '16'");

    private static bool Flag(string text) =>
        bool.TryParse(text, out var flag) ? flag : throw new FormatException("'true' or 'false'");

    private static OptionsValidationException Wrong(string path, string found, string expected) => new(
        Microsoft.Extensions.Options.Options.DefaultName,
        typeof(JobsOptions),
        [$"The setting {path} {found}; expected {expected}. Correct it, or remove it for the default."]);
}
