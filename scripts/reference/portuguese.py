"""Portuguese for what the code documents in English only: docstrings of settings, helps of metrics."""

from __future__ import annotations

SECTIONS = {
    "ingest": "Como os arquivos são lidos e conferidos.",
    "integrate": "Como plays viram interações.",
    "engine": "Onde o trabalho pesado é feito.",
    "model": "Quais modelos são comparados, qual vai ao ar e seus hiperparâmetros.",
    "evaluate": "Como os modelos são medidos.",
    "gate": "O que uma candidata precisa mostrar antes de ser publicada.",
    "recommend": "Como as listas são feitas.",
    "keep": "O que é guardado antes de o `gc` remover.",
    "warehouse": "Onde se consultam as releases. Senhas nunca ficam aqui: veja `docs/warehouses.pt-BR.md`.",
    "log": "O que é registrado na saída de erro.",
}

SETTINGS = {
    "ingest.locale": "Como os arquivos escrevem números e datas; `auto` decide por arquivo, ou "
    "pergunta.",
    "ingest.timezone": "Fuso IANA dos horários que não trazem um.",
    "ingest.encoding": "`auto` (UTF-8, UTF-16 pela marca, senão Windows-1252) ou o nome de uma "
    "codificação.",
    "ingest.separator": "Caractere entre as colunas; `auto` descobre por arquivo: vírgula, ponto e "
    "vírgula, tabulação ou barra vertical.",
    "ingest.date_format": "Ordem de dia, mês e ano; `auto` decide por arquivo, ou retém o arquivo "
    "e pergunta.",
    "ingest.on_overlap": "Totais diários de dias que outro arquivo já trouxe.",
    "ingest.on_schema_change": "Um arquivo cujos ids têm outra cara que os do arquivo anterior do mesmo tipo.",
    "ingest.repair_encoding": "Conserta letras codificadas duas vezes (`ForrÃ³`); senão são contadas e ficam.",
    "ingest.max_quarantine_ratio": "Acima desta parcela de linhas ruins o arquivo é retido.",
    "ingest.reject_ratio": "Acima desta parcela o arquivo é rejeitado: deve ser o formato errado.",
    "ingest.accept_quarantine": "Carrega também arquivos acima de `max_quarantine_ratio`, sem as linhas ruins; "
    "não os acima de `reject_ratio`.",
    "ingest.memory_mb": "Linhas mantidas na memória antes de irem para o disco, em MB.",
    "ingest.threads": "Blocos de um arquivo conferidos ao mesmo tempo; 0: um por núcleo.",
    "ingest.columns": 'Nomes das suas colunas: `canonica = "sua"`.',
    "integrate.half_life_days": "Depois de tantos dias um play vale metade.",
    "integrate.max_plays_per_day": "Plays de uma faixa por um ouvinte num dia que contam; o resto é "
    "guardado, mas não ensina.",
    "integrate.bot_plays_per_day": "Um ouvinte com mais plays num dia (86.400 s de plays de 30 s) é "
    "marcado como robô: fica de fora.",
    "integrate.heavy_plays_per_day": "Um dia de um ouvinte com mais plays é marcado como pesado: o "
    "peso para neste número.",
    "integrate.near_copies_seconds": "Um play que outro log contou a no máximo tantos segundos conta uma "
    "vez. 0: só quando os momentos são iguais. Programas diferem em até um minuto; uma janela também toma "
    "repetições curtas por cópias.",
    "integrate.memory_limit": "Quanto o motor embutido pode guardar antes de usar o disco.",
    "integrate.like_weight": "Quanto vale uma curtida, em faixas ouvidas uma vez hoje; um artista ou gênero a "
    "divide entre suas faixas mais ouvidas. 0: não se aprende com curtidas.",
    "integrate.threads": "Threads do motor embutido; 0: uma por núcleo.",
    "engine.kind": "`embedded`: neste processo. `spark`: no Apache Spark (o extra `spark`, e Java).",
    "engine.master": "O master do Spark: `local[*]`, `spark://HOST:PORTA`, `yarn`, `k8s://…`.",
    "engine.shared": "Pasta que esta máquina e todos os executors enxergam, onde passam resultados uns aos "
    "outros; vazio: o `staging` do próprio home.",
    "engine.s3a": "Se os executors leem do bucket os plays de um home no S3, pelo S3A do Hadoop, de cujos jars o "
    "Spark precisa; senão leem o espelho.",
    "engine.conf": 'Configurações do próprio Spark, repassadas: `[engine.conf]`, `"spark.executor.memory" = '
    '"8g"`.',
    "integrate.artist_separators": "O que fica entre vários artistas de uma faixa em `artist_id`, como "
    '`" feat. "`; nada: um valor é um artista só. Quem participa divide a faixa em partes iguais.',
    "integrate.genre_separators": 'O mesmo para `genre_id`, como `"|"`.',
    "model.algorithm": "O candidato a ir ao ar. `auto` (ou `default`, seu nome antigo): uma mistura de "
    "poucos modelos, escolhida e pesada em dias anteriores ao corte.",
    "model.tuning": "O tuning (seu id, como `rekomenda tune` imprime) cujo vencedor `auto` usa em vez "
    "de procurar em cada execução; vazio: procura. Outro `algorithm` não o usa.",
    "model.budget_seconds": "O que `auto` pode gastar experimentando modelos, calculado pelo tamanho dos "
    "dados para uma máquina de dois núcleos; nenhum relógio é consultado, então os mesmos dados dão "
    "sempre a mesma escolha.",
    "model.ranker": "Se `auto` tenta pôr em ordem melhor os primeiros candidatos da mistura. `auto`: "
    "fica onde se mostra que ganha em ouvintes com que não aprendeu; `off`: não se tenta, pois as "
    "listas demoram mais.",
    "model.compare": "Modelos medidos lado a lado em cada execução, além do candidato.",
    "model.max_ease_items": "Catálogos com mais faixas que isto deixam o EASE de fora: ele precisa de "
    "4 bytes por par de faixas.",
    "model.seed": "Início de todo número aleatório; a mesma semente dá as mesmas listas.",
    "model.hyperparameters": "Por algoritmo: `[model.hyperparameters.als]`, `n_factors = 64`.",
    "evaluate.holdout": "O que é reservado para testar. `time`: os últimos dias; `random`: faixas de "
    "cada ouvinte, para dados sem tempo; `auto`: tempo quando os dias permitem, senão acaso. "
    "`sessions`: cada id de usuário é uma sessão; das que terminam nos últimos dias, a primeira "
    "metade é mostrada e o resto, perguntado.",
    "evaluate.holdout_days": "Os últimos dias, reservados para testar.",
    "evaluate.cutoffs": "O k das métricas; o do gate também é medido.",
    "evaluate.n_resamples": "Reamostragens bootstrap de cada intervalo.",
    "evaluate.confidence": "Cobertura de cada intervalo.",
    "evaluate.random_share": "Dados sem tempo: parcela das faixas de cada ouvinte reservada ao acaso.",
    "gate.metric": "Métrica da comparação.",
    "gate.cutoff": "O k dela.",
    "gate.task": "Tarefa da comparação.",
    "gate.tolerance": "Perda relativa contra a release no ar que ainda conta como igual.",
    "gate.recall_cutoff": "O recall também tem que se manter, neste k.",
    "gate.group_tolerance": "Perda relativa que o grupo de ouvintes mais prejudicado pode ter, além do que "
    "tão poucos conseguem mostrar.",
    "gate.min_gain": "Quanto é preciso superar a popularidade, relativo.",
    "gate.power": "Uma perda que tantos ouvintes não mostrariam com esta probabilidade conta como igual.",
    "gate.max_margin": "Por poucos que sejam os ouvintes, uma perda relativa maior que esta nunca conta "
    "como igual.",
    "gate.rehearsal_listeners": "Ouvintes a quem um processo novo responde, só com os arquivos da release, "
    "antes de ela ser publicada; 0: sem ensaio.",
    "gate.reproduce_seconds": "Dois treinos com a mesma semente são comparados, byte a byte, onde um "
    "deles leva no máximo tanto.",
    "gate.max_slowdown": "Tempo de resposta (percentil 99), como múltiplo do da release no ar.",
    "gate.max_growth": "Tamanho do modelo, como múltiplo do da release no ar.",
    "gate.always_fast_ms": "Respostas rápidas assim nunca são lentas demais.",
    "gate.always_small_mb": "Um modelo pequeno assim nunca é grande demais.",
    "gate.min_rows": "Linhas de cada um dos últimos dias, no mínimo este múltiplo da mediana do mesmo "
    "dia da semana.",
    "gate.max_rows": "E no máximo este múltiplo.",
    "gate.max_quarantine": "Parte das linhas do lake que pode ter ficado em quarentena.",
    "gate.max_age_days": "Sem `--as-of`: dias que os plays mais novos podem ter a mais do que tinham "
    "quando arquivos assim chegavam.",
    "gate.max_top_share": "Parte das listas que contém a faixa mais recomendada, como múltiplo da de hoje.",
    "gate.min_overlap": "Sobreposição mediana (Jaccard) das dez primeiras de `for_you` com a release no ar.",
    "gate.accept_change": "Uma pessoa diz sim a listas que se sobrepõem menos.",
    "gate.max_listeners_lost": "Parte dos ouvintes atendidos hoje que pode ficar sem listas.",
    "gate.max_exposure_loss": "Perda relativa da cobertura de artistas, e de cada outra medida de "
    "exposição.",
    "gate.min_listeners": "Com menos ouvintes reservados nada fica provado; a release é marcada "
    "`unproven`.",
    "recommend.for_you": "Faixas em `for_you`.",
    "recommend.again": "Faixas em `again`.",
    "recommend.discover": "Faixas em `discover`.",
    "recommend.explore": "Faixas em `explore`.",
    "recommend.fresh": "Faixas em `fresh`.",
    "recommend.fresh_days": "Por quantos dias uma faixa é nova, contados do lançamento ou, sem ele, do "
    "primeiro play.",
    "recommend.dial": "De que `for_you` é feita, do conhecido (0: só faixas para ouvir de novo) ao novo "
    "(1: só artistas nunca ouvidos); 0.5: faixas nunca ouvidas, na ordem do modelo.",
    "recommend.rest_after_weeks": "Depois de tantas releases semanais numa lista do ouvinte, a faixa "
    "que não foi ouvida descansa ali; 0: nada descansa.",
    "recommend.rest_weeks": "Por quantas semanas ela descansa: vem por último, e só onde a lista "
    "ficaria curta.",
    "recommend.max_per_artist": "Faixas de um artista que uma lista pode ter.",
    "recommend.candidates": "Candidatas ordenadas para cada lista.",
    "recommend.similar": "Faixas e artistas parecidos publicados para cada um.",
    "recommend.min_support": "Ouvintes por trás de cada semelhança publicada.",
    "recommend.emerging_share": "Artistas emergentes (fora dos que têm 80 % dos plays) recebem ao menos "
    "isto vezes a sua parte dos plays como parte da exposição, onde `max_floor_price` permite; 0: as "
    "listas ficam como o modelo ordena.",
    "recommend.max_floor_price": "Perda relativa de NDCG@10 que isso pode custar, esperada por como o "
    "valor de uma faixa cai ao longo das listas em dias anteriores ao corte; onde custaria mais, os "
    "artistas emergentes recebem menos. 1: a qualquer preço.",
    "recommend.artist_listeners": "Em quantas listas `discover` cada artista com ao menos 5 ouvintes "
    "deve aparecer, onde houver candidatas; 0: em qualquer número.",
    "keep.releases": "Releases guardadas para voltar atrás.",
    "keep.snapshots": "Snapshots do lake guardados.",
    "warehouse.kind": "`duckdb`: arquivos na home; `postgres` e `redshift`: um servidor, alcançado pelas "
    "configurações abaixo.",
    "warehouse.host": "Do servidor.",
    "warehouse.port": "Do servidor; 0: a de costume, 5432 ou 5439.",
    "warehouse.database": "Banco de dados no servidor.",
    "warehouse.schema_name": "Schema nesse banco. Uma home o preenche, não duas.",
    "warehouse.user": "Quem carrega; vazio: `PGUSER`. A senha vem de `REKOMENDA_WAREHOUSE_PASSWORD`, "
    "`PGPASSWORD` ou, no PostgreSQL, `~/.pgpass`.",
    "warehouse.readers": "Papéis a quem `rekomenda warehouse init` dá leitura; `public` é todo mundo.",
    "warehouse.sslmode": "Criptografia da conexão. `prefer` no Redshift é `verify-full`.",
    "warehouse.cluster": "Redshift: identificador de um cluster em que se entra por IAM, e não por senha.",
    "warehouse.workgroup": "Redshift Serverless: workgroup em que se entra por IAM, e não por senha.",
    "warehouse.region": "Redshift: região da AWS do cluster e do bucket; vazio: a da configuração da AWS.",
    "warehouse.iam_role": "Redshift: role com que o COPY lê o bucket, um ARN ou `default`.",
    "warehouse.staging": "Redshift: `s3://bucket/prefixo` onde os arquivos esperam o COPY, e de onde saem "
    "depois.",
    "warehouse.statement_seconds": "Máximo que um comando pode levar.",
    "warehouse.deadline_seconds": "Máximo que um trabalho pode levar, com no máximo três novas tentativas "
    "depois do que passa sozinho.",
    "log.level": "Menor gravidade mostrada.",
    "log.format": "Para pessoas, ou um objeto JSON por linha.",
}

METRICS = {
    "rekomenda_build_info": "1, com a versão como rótulo",
    "rekomenda_intact": "1 se esta parte da pasta de trabalho é o que foi gravado, 0 se está danificada",
    "rekomenda_ingest_rows": "Linhas das entradas do lake por veredito",
    "rekomenda_ingest_rows_unaccounted": "Linhas de que nada se sabe: sempre 0",
    "rekomenda_ingest_files": "Arquivos já oferecidos, por veredito",
    "rekomenda_ingest_quarantine_ratio": "Parcela de linhas em quarentena, de 0 a 1",
    "rekomenda_data_last_day_timestamp_seconds": "Último dia de plays no lake",
    "rekomenda_data_day_rows": "Linhas de plays: do último dia completo, e de um dia normal desse dia da semana",
    "rekomenda_data_drift_psi": "Quão longe a última semana está das quatro anteriores, ou as notas da release anterior",
    "rekomenda_last_success_timestamp_seconds": "Quando o comando terminou bem pela última vez",
    "rekomenda_last_attempt_timestamp_seconds": "Quando o comando terminou pela última vez",
    "rekomenda_step_duration_seconds": "Duração de uma etapa na última execução",
    "rekomenda_step_last_success_timestamp_seconds": "Quando uma execução passou desta etapa pela última vez",
    "rekomenda_runs": "Execuções lembradas, pelo que foi feito delas",
    "rekomenda_run_usual_duration_seconds": "Mediana da duração das execuções lembradas",
    "rekomenda_runs_refused_in_a_row": "Execuções mais novas, uma após a outra, que o gate recusou",
    "rekomenda_release_info": "1, com a release no ar nos rótulos",
    "rekomenda_release_as_of_timestamp_seconds": "Último dia que a release no ar conhece",
    "rekomenda_release_created_timestamp_seconds": "Quando a release no ar foi feita",
    "rekomenda_release_bytes": "Tamanho da release no ar",
    "rekomenda_releases_kept": "Releases que podem voltar ao ar",
    "rekomenda_release_listeners": "Ouvintes na release no ar",
    "rekomenda_release_answers": "Ouvintes conhecidos pelo que receberiam: uma lista própria, uma popular, nenhuma",
    "rekomenda_release_recommendations": "Recomendações na release no ar",
    "rekomenda_generated_recommendations": "Recomendações na release mais nova, no ar ou não",
    "rekomenda_release_coverage_ratio": "Parcela mostrada a pelo menos um ouvinte, de 0 a 1",
    "rekomenda_release_exposure": "Quem aparece nas listas no ar, como o relatório diz",
    "rekomenda_release_goals": "Metas para artistas e ouvintes, por terem sido alcançadas ou não",
    "rekomenda_model_quality": "Qualidade nos dias reservados: o modelo no ar e a popularidade; grupos pela medida do gate",
    "rekomenda_release_forced": "1 se uma pessoa publicou a release no ar apesar do gate",
    "rekomenda_gate_check": "1 se a verificação passou na última execução",
    "rekomenda_gate_measured": "O que a verificação encontrou na última execução, onde é um número",
    "rekomenda_gate_limit": "O limite da verificação, onde é um número",
    "rekomenda_reconciliation_differences": "Linhas em que release e warehouse discordam; lake: dias em que ele e a release discordam",
    "rekomenda_warehouse_lagging": "1 se o warehouse mostra outra execução que não a que está no ar",
    "rekomenda_erasures_open": "Ouvintes cujo apagamento foi pedido e não terminou",
    "rekomenda_erasure_age_seconds": "Há quanto tempo o apagamento inacabado foi pedido; 0: nenhum",
    "rekomenda_erasures_finished": "Recibos de apagamentos terminados",
    "rekomenda_lease_age_seconds": "Há quanto tempo alguém grava na pasta de trabalho; 0: ninguém",
    "rekomenda_disk_free_bytes": "Espaço livre onde fica a pasta de trabalho",
    "rekomenda_disk_size_bytes": "Espaço total onde fica a pasta de trabalho",
    "rekomenda_http_request_duration_seconds": "Duração das respostas, por rota, método e classe do status",
    "rekomenda_http_refused": "Pedidos recusados antes de fazer qualquer coisa, por motivo",
    "rekomenda_collect_duration_seconds": "Quanto durou a leitura da pasta de trabalho na última coleta",
}

MODELS = {
    "random": (
        "Dá a cada faixa do catálogo uma nota ao acaso, sempre a mesma para o mesmo histórico e a "
        "mesma semente. Um controle: o que qualquer modelo de verdade precisa superar.",
        {},
    ),
    "popularity": (
        "Ordena as faixas pelo número de ouvintes distintos que gostam delas, igual para todos. "
        "Contar ouvintes, e não plays, impede que uma pessoa obcecada (ou um robô) crie um sucesso.",
        {},
    ),
    "popularity_recent": (
        "Ordena as faixas pelo número de ouvintes distintos que as tocaram nos últimos dias. O que "
        "ninguém tocou nesse período vem depois, por popularidade de sempre. Dados sem dias não têm "
        "«ultimamente»: aí é igual a `popularity`, e os motivos dizem isso.",
        {"window_days": "Dias que contam, o último incluído."},
    ),
    "popularity_genre": (
        "Ordena as faixas por P(gênero | ouvinte) · P(faixa | gênero): os sucessos dos gêneros que "
        "a pessoa ouve. Sem histórico, ou sem gênero conhecido, é `popularity`.",
        {"smoothing": "Peso, > 0, do gosto de todos quando o histórico é curto."},
    ),
    "popularity_region": (
        "Ordena as faixas pela parte que têm nas curtidas da região do ouvinte. Uma região pequena "
        "diz pouco e por isso se aproxima da popularidade geral. Sem região, é `popularity`.",
        {"smoothing": "Peso, > 0, do gosto de todos, em curtidas (um ouvinte e uma faixa)."},
    ),
    "item_knn": (
        "Deixa cada play falar pelas faixas vizinhas da que tocou: quem ouve isto também ouve "
        "aquilo.",
        {
            "n_neighbours": "Vizinhas guardadas por faixa.",
            "weighting": "O que é ser vizinha: o cosseno das colunas das duas faixas, ou o produto "
            "dos pesos BM25.",
            "shrinkage": "Somado ao produto das normas do cosseno: pares com poucos ouvintes em "
            "comum contam menos; >= 0.",
            "k1": "BM25: com que rapidez plays repetidos deixam de contar, >= 0.",
            "b": "BM25: quanto uma faixa popular é contida, de 0 a 1.",
            "values": "O valor de um play: o peso amortecido, ou 1 para tudo de que se gostou.",
        },
    ),
    "rp3beta": (
        "Caminha ao acaso de cada play até quem mais ouve a faixa e dali até o que essas pessoas "
        "ouvem.",
        {
            "alpha": "Potência das probabilidades dos passos, >= 0: abaixo de 1, quem ouve muito e "
            "as faixas muito ouvidas contam mais.",
            "beta": "Quanto um destino popular é contido, >= 0: a nota é dividida pelos seus "
            "ouvintes elevados a β.",
            "n_neighbours": "Destinos mais fortes guardados por faixa; 0 guarda todos, ou tantos "
            "quantos caibam em 128 milhões de pares. Cortar para umas centenas custa vários por cento.",
            "values": "O valor de um play: o peso amortecido, ou 1 para tudo de que se gostou.",
        },
    ),
    "graph_filter": (
        "Deixa o gosto passar de faixa em faixa pelos ouvintes em comum e depois desfaz o "
        "embaçado que isso causa.",
        {
            "n_vectors": "K, as ondas largas do grafo guardadas à parte.",
            "ideal": "α >= 0, peso do filtro passa-baixa ideal: as próprias ondas, qualquer que "
            "seja a força delas.",
            "sharpening": "τ, de 0 a 1: quanto se desfaz do embaçado que vem das ondas largas.",
            "tilt": "δ: a nota é dividida pelos ouvintes da faixa de onde vem elevados a δ e "
            "multiplicada pelos da faixa aonde vai. 0 é simétrico; mais favorece o que muitos ouvem.",
            "n_neighbours": "Arestas mais fortes guardadas por faixa; 0 guarda todas, ou tantas "
            "quantas caibam em 128 milhões de pares.",
            "values": "O valor de um play: o peso amortecido, ou 1 para tudo de que se gostou.",
        },
    ),
    "slim": (
        "Aprende quanto cada vizinha de uma faixa diz sobre gostar dela, sabendo das outras.",
        {
            "n_neighbours": "K, as faixas mais próximas pelo cosseno, que explicam cada faixa.",
            "regularization": "Penalidade L2 λ > 0. Maior confia menos nos dados.",
            "dropout": "p, de 0 a 0,9: aprende como se essa parcela dos plays faltasse a cada vez. "
            "Assim as faixas populares não explicam tudo.",
            "values": "O valor de um play: o peso amortecido, ou 1 para tudo de que se gostou.",
        },
    ),
    "ease": (
        "Aprende quanto ter ouvido a faixa h diz sobre gostar da faixa j, sabendo de todos os "
        "outros plays.",
        {
            "regularization": "Penalidade L2 λ > 0. Maior confia menos nos dados.",
            "values": "O valor de um play: o peso amortecido, ou 1 para tudo de que se gostou.",
        },
    ),
    "als": (
        "Encontra poucos fatores por trás dos plays de todos; os pesos dizem quanta certeza há de "
        "que se gostou.",
        {
            "n_factors": "K, dimensões do espaço.",
            "n_iterations": "Voltas sobre ouvintes e faixas. Mais não é melhor: o ajuste começa a "
            "decorar.",
            "regularization": "Penalidade L2 λ > 0 sobre os fatores, em unidades de confiança.",
            "frequency_scaling": "ν, de 0 a 1: a penalidade de uma faixa com m ouvintes é λ (m / m̄)^ν, "
            "m̄ a média deles, para que as muito ouvidas fiquem tão presas quanto as outras. Todos os "
            "ouvintes têm λ.",
            "alpha": "A confiança numa curtida de peso típico é 1 + α (seção 4 de Hu et al.); 0: todas "
            "iguais. Menos serve melhor a música com históricos longos; 10 rendeu mais com artistas do Last.fm.",
        },
    ),
    "content": (
        "Põe cada faixa no lugar que os próprios plays mostram, até onde há plays; daí em diante, "
        "no lugar que se espera dela pelo artista, gênero, região, características e idade.",
        {
            "n_factors": "Como em `als`, de cujos fatores parte.",
            "n_iterations": "Como em `als`.",
            "regularization": "Como em `als`.",
            "alpha": "Como em `als`.",
            "track_prior": "κ_t > 0: com tantos ouvintes, metade do lugar de uma faixa vem deles e "
            "metade do que se sabe dela.",
            "artist_prior": "κ_a > 0: com tantas faixas conhecidas, metade do lugar de um artista "
            "vem delas e metade de gênero, região e características.",
            "attribute_penalty": "λ > 0 da regressão sobre os atributos, em faixas conhecidas.",
            "release_exponent": "Como a nota cresce com a popularidade, de 0 a 1: um lançamento "
            "ganha (quantas vezes mais ouvido)^expoente. 0: nada se ganha por ser novo.",
            "region_prior": "Com tantos ouvintes, o gosto de uma região é metade o dela e metade o "
            "de todos; é o gosto que se supõe em quem ainda não ouviu nada.",
        },
    ),
    "next_play": (
        "Deixa cada play falar pelo que outros ouviram pouco antes ou depois dele; os últimos plays "
        "falam mais.",
        {
            "span": "Lugares depois dos quais um par conta e vezes menos, > 0; além de quatro vezes "
            "isso, não conta.",
            "recency": "q, quanto os últimos plays do ouvinte pesam mais que os anteriores, >= 0; "
            "0: todos iguais.",
            "asymmetry": "α, de 0 a 1: 1 pergunta com que frequência se ouve j perto de h; menos "
            "contém as faixas populares.",
            "shrinkage": "Pares de faixas com poucos ouvintes contam menos, >= 0.",
            "n_neighbours": "Faixas por que cada faixa pode falar.",
        },
    ),
    "relisten": (
        "Ordena as faixas do próprio ouvinte pelo quanto estão na memória; das outras não diz nada.",
        {
            "growth": "Como se somam os plays de uma faixa, de 0 a 1: n deles contam como n^growth.",
            "window_days": "Os últimos dias dos dados, cujos plays mostram a que se voltou.",
        },
    ),
    "blend": (
        "Soma o que vários modelos dizem, cada um numa escala própria para cada ouvinte. Faixas já "
        "ouvidas e faixas ainda não ouvidas são duas perguntas, com pesos próprios: um modelo que só "
        "repete responde bem à primeira e nada diz da segunda. `auto` escolhe membros e pesos; "
        "`blend/fitted.py` diz o que é feito das pontuações.",
        {
            "members": "`algorithm`, `hyperparameters` e os pesos `unheard` e `heard` (0 quando "
            "faltam).",
            "heard_level": "Onde fica a faixa já ouvida média do ouvinte entre as outras; as 20 "
            "melhores não ouvidas ficam perto de 1. Só importa em listas com as duas.",
            "heard_spread": "O quanto as faixas já ouvidas ficam separadas: um desvio padrão delas, > 0.",
            "listener_prior": "κ >= 0: com um ouvinte de tantas faixas apreciadas, os membros que precisam "
            "de plays têm metade da sua voz; os que não precisam ficam com o resto. 0: a voz toda "
            "desde a primeira faixa.",
            "absent_share": "De 0 a 1: quanto da voz dos membros que não podem situar uma faixa, porque "
            "ninguém a apreciou, passa aos que podem. 0: contam como se dissessem que ela nada vale.",
        },
    ),
    "ranked_blend": (
        "Um `blend` cujas melhores faixas não ouvidas são ordenadas por árvores que sabem mais do "
        "que as pontuações. As árvores veem as pontuações dos membros e, do ouvinte, da faixa e do "
        "artista, popularidade e tendência, idades, região e o quanto o ouvinte ouve o artista e o "
        "gênero. Cresceram com o que se ouviu depois de um corte de validação; a receita as guarda, "
        "e assim treinar de novo em outro corte não precisa de plays posteriores: o que elas "
        "perguntam é medido outra vez nos dados que recebe.",
        {
            "members": "Como em `blend`.",
            "heard_level": "Como em `blend`.",
            "heard_spread": "Como em `blend`.",
            "listener_prior": "Como em `blend`.",
            "absent_share": "Como em `blend`.",
            "trees": "`[característica, limite, esquerda, direita]`, ou o valor de uma folha. Sem "
            "nenhuma, isto é `blend`.",
            "n_candidates": "Quantas das melhores faixas não ouvidas de cada ouvinte são reordenadas.",
            "ranked_from": "Quem tem menos faixas apreciadas fica com a ordem da mistura.",
        },
    ),
}
